"use strict";
// The one table: sort, filter, copy. Without this script the page reads the same.
(() => {
  document.documentElement.classList.add("js");
  // a printed page shows what is folded
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details")) one.open = true;
  });
  // a link into something folded opens it
  const open = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();

  const section = document.querySelector(".main-table");
  if (!section) return;
  const table = section.querySelector("table");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows];
  const key = (row, i) => row.cells[i].dataset.value ?? row.cells[i].textContent.trim();

  const sort = (i, descending) => {
    const sign = descending ? -1 : 1;
    const order = [...rows].sort((a, b) => {
      const [x, y] = [key(a, i), key(b, i)];
      const [u, v] = [Number(x), Number(y)];
      if (x === "" || y === "") return (x === "") - (y === "");
      return sign * (Number.isFinite(u) && Number.isFinite(v) ? u - v : x.localeCompare(y));
    });
    body.append(...order);
    heads.forEach((head, j) => head.setAttribute("aria-sort",
      j !== i ? "none" : descending ? "descending" : "ascending"));
  };
  heads.forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => sort(i, head.getAttribute("aria-sort") === "ascending"));
  });

  // a chip for each method: only the rows of those that are pressed, all if none is
  const tools = section.querySelector(".tools");
  const chip = (text, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.textContent = text;
    button.addEventListener("click", () => act(button));
    tools.append(button);
    return button;
  };
  const shown = new Set();
  for (const name of new Set(rows.map((row) => key(row, 0)))) {
    chip(name, (button) => {
      const on = !shown.has(name);
      if (on) shown.add(name); else shown.delete(name);
      button.setAttribute("aria-pressed", String(on));
      for (const row of rows) row.hidden = shown.size > 0 && !shown.has(key(row, 0));
    }).setAttribute("aria-pressed", "false");
  }

  // the same table as it stands now, in three forms
  const cells = () => [heads.map((head) => head.textContent),
    ...[...body.rows].filter((row) => !row.hidden)
      .map((row) => [...row.cells].map((cell) => cell.textContent.trim()))];
  const quoted = (text) => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const superscripts = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹";
  const latex = (text) => text.replace(/[&%#_$]/g, "\\$&").replaceAll("±", "$\\pm$")
    .replaceAll("β", "$\\beta$").replaceAll("×", "$\\times$").replaceAll("−", "$-$")
    .replaceAll("–", "--").replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (power) =>
      `$^{${[...power].map((c) => "-0123456789"[superscripts.indexOf(c)]).join("")}}$`);
  const forms = {
    CSV: (all) => all.map((row) => row.map(quoted).join(",")).join("\n") + "\n",
    Markdown: (all) => [all[0], all[0].map((_, i) => i ? "---:" : ":---"), ...all.slice(1)]
      .map((row) => `| ${row.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`).join("\n") + "\n",
    LaTeX: (all) => `\\begin{tabular}{l${"r".repeat(all[0].length - 1)}}\n\\toprule\n` +
      all.map((row, i) => `${row.map(latex).join(" & ")} \\\\${i ? "" : "\n\\midrule"}`).join("\n") +
      "\n\\bottomrule\n\\end{tabular}\n",
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch { // a file that was opened from disk may have no clipboard
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  for (const [name, form] of Object.entries(forms)) {
    chip(`Copy ${name}`, async (button) => {
      const text = form(cells());
      section.dataset.copied = text;
      await copy(text);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = `Copy ${name}`; }, 1500);
    });
  }
})();
