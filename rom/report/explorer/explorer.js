// The latent explorer: decoders in plain JavaScript, and what moves their latents. The data is that
// of rom.report.page.explorer.export.
(() => {
"use strict";

// ---- decoders

const TYPES = {
  f2: Uint16Array, f4: Float32Array, f8: Float64Array, u1: Uint8Array, u2: Uint16Array,
};

function half(bits) {
  const exponent = (bits >> 10) & 31, part = bits & 1023, sign = bits >> 15 ? -1 : 1;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + part / 1024) : part * 2 ** -24);
}

// Whole numbers of 8 to 16 bits, one after the other.
function whole(bytes, bits) {
  const values = new Float32Array(Math.floor(bytes.length * 8 / bits));
  let read = 0, n = 0, i = 0;
  for (const byte of bytes) {
    read = (read << 8 | byte) & 0xffffff;
    n += 8;
    if (n < bits) continue;
    n -= bits;
    values[i++] = (read >> n & (1 << bits) - 1) - (1 << bits - 1);
  }
  return values;
}

function unpacked({ type, data, scale }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const stored = type[0] === "b" ? whole(bytes, +type.slice(1)) : new TYPES[type](bytes.buffer);
  if (!scale) return stored;
  const values = Float32Array.from(stored, type === "f2" ? half : undefined);
  const part = values.length / scale.length;
  return values.map((value, i) => value * scale[Math.floor(i / part)]);
}

function dense(layer, x, get) {
  const w = get(layer.weights), n = x.length;
  return get(layer.bias).map((sum, j) => {
    for (let i = 0, k = j * n; i < n; i++, k++) sum += w[k] * x[i];
    return sum;
  });
}

function each(size, visit) {
  for (let a = 0, n = 0; a < size[0]; a++) {
    for (let b = 0; b < size[1]; b++) for (let c = 0; c < size[2]; c++) visit([a, b, c], n++);
  }
}

// A transposed convolution; grids have three axes, and their channels last.
function up(layer, x, get) {
  const w = get(layer.weights), bias = get(layer.bias), { out: m, stride, padding } = layer;
  const [ci, co] = layer.channels, out = new Float32Array(m[0] * m[1] * m[2] * co);
  for (let o = 0; o < out.length; o += co) out.set(bias, o);
  each(layer.size, (cell, from) => each(layer.kernel, (tap, t) => {
    const [a, b, c] = cell.map((i, axis) => i * stride[axis] + tap[axis] - padding[axis]);
    if (a < 0 || b < 0 || c < 0 || a >= m[0] || b >= m[1] || c >= m[2]) return;
    add(out, ((a * m[1] + b) * m[2] + c) * co, x, from * ci, ci, w, t * ci * co, co);
  }));
  return out;
}

// out[to + k] += sum_i x[from + i] w[t + i co + k], four terms at a time
function add(out, to, x, from, ci, w, t, co) {
  let i = 0;
  for (; i + 3 < ci; i += 4, t += 4 * co) {
    const a = x[from + i], b = x[from + i + 1], c = x[from + i + 2], d = x[from + i + 3];
    for (let k = 0, s = t; k < co; k++, s++) {
      out[to + k] += a * w[s] + b * w[s + co] + c * w[s + 2 * co] + d * w[s + 3 * co];
    }
  }
  for (; i < ci; i++, t += co) {
    for (let k = 0; k < co; k++) out[to + k] += x[from + i] * w[t + k];
  }
}

// One more cell at either end of periodic axes, copied from the other end.
function wrap({ size: n, axes }, x) {
  const more = n.map((_, i) => Number(axes.includes(i))), m = n.map((k, i) => k + 2 * more[i]);
  const channels = x.length / (n[0] * n[1] * n[2]);
  const y = new Float32Array(m[0] * m[1] * m[2] * channels);
  each(m, (cell, to) => {
    const [a, b, c] = cell.map((i, axis) => (i - more[axis] + n[axis]) % n[axis]);
    const from = ((a * n[1] + b) * n[2] + c) * channels;
    y.set(x.subarray(from, from + channels), to * channels);
  });
  return y;
}

function products(layer, x, get) {
  const scaled = get(layer.by).map((by, i) => by * x[i]);
  const row = (a, i) => [...scaled.subarray(i)].map((b) => a * b);
  return Float32Array.from([...scaled].flatMap(row));
}

const KERNELS = {
  "inverse-multiquadric": (a) => 1 / Math.sqrt(1 + a * a),
  rbf: (a) => Math.exp(-a * a / 2),
  matern: (a) => (1 + Math.sqrt(5) * a + 5 * a * a / 3) * Math.exp(-Math.sqrt(5) * a),
};

function kernel(layer, x, get) {
  const by = get(layer.by), centres = get(layer.centres), k = x.length;
  return new Float64Array(centres.length / k).map((_, j) => {
    let square = 0;
    for (let i = 0; i < k; i++) square += (by[i] * x[i] - centres[j * k + i]) ** 2;
    return KERNELS[layer.name](Math.sqrt(square) / layer.width);
  });
}

// Abramowitz and Stegun 7.1.26, right to 1.5e-7
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const c = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  return Math.sign(x) * (1 - c.reduce((sum, a) => sum * t + a, 0) * t * Math.exp(-x * x));
}

const ACTIVATIONS = {
  relu: (x) => (x > 0 ? x : 0),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  tanh: (x) => Math.tanh(x),
  silu: (x) => x / (1 + Math.exp(-x)),
};
const LAYERS = { dense, up, wrap, products, kernel };

// The models of the data, ready to decode; they share its arrays.
function prepare(data) {
  const known = new Map();
  const get = (i) => known.get(i) || known.set(i, unpacked(data.arrays[i])).get(i);
  const mean = get(data.mean), { spread } = data, n = mean.length / spread.length;
  const shared = { get, n, mean, spread, bases: data.basis.map(get) };
  data.models.forEach((model) => { model.shared = shared; });
  return shared;
}

// The shown values of all variables in physical units.
function physical({ mean, spread, n }, values) {
  return values.map((value, p) => mean[p] + spread[Math.floor(p / n)] * value);
}

// Those of coefficients in the basis.
function combined(shared, coefficients) {
  const { bases, mean } = shared, out = new Float32Array(mean.length);
  let i = 0;
  for (const basis of bases) {
    for (let start = 0; start < basis.length; start += out.length, i++) {
      for (let p = 0, c = coefficients[i]; p < out.length; p++) out[p] += c * basis[start + p];
    }
  }
  return physical(shared, out);
}

// The shown values, in physical units, of latents in the order of the model.
function decode(model, latents) {
  const { shared } = model, { get, n } = shared, z = Float64Array.from(latents);
  const last = model.layers.reduce((x, layer) => {
    const f = LAYERS[layer.kind];
    return f ? f(layer, x, get) : x.map(ACTIVATIONS[layer.kind]);
  }, z);
  if (model.output === "basis") {
    const linear = model.linear ? dense(model.linear, z, get) : last;
    const both = model.linear && model.layers.length;
    return combined(shared, both ? linear.map((c, i) => c + last[i]) : linear);
  }
  const gain = get(model.gain), cells = model.channels && get(model.cells);
  return get(model.offset).map((offset, p) => {
    const j = Math.floor(p / n), at = cells ? cells[p - j * n] * model.channels + j : p;
    const value = model.output === "sigmoid" ? 1 / (1 + Math.exp(-last[at])) : last[at];
    return offset + gain[p] * value;
  });
}

window.rom = Object.assign(window.rom || {}, { prepare, decode });

// ---- drawing

const block = document.getElementById("explorer-data");
if (!block) return;
const data = JSON.parse(block.textContent), { snapshots, variables } = data;
const shared = prepare(data), { get, n } = shared;
const root = document.getElementById("explorer");
const part = (name) => root.querySelector(".explorer-" + name);
const pixels = get(data.picture.pixels), isImage = data.picture.size.length === 2;
const truths = get(snapshots.values ?? snapshots.coefficients);
const rank = truths.length / snapshots.kept.length;
const middle = snapshots.kept[snapshots.kept.length >> 1];
const state = { size: data.size, variable: 0, test: middle };
const reference = {}, follower = part("follow").querySelector("input");
let columns = [], waiting = false, timer = 0;

function make(tag, parent, options = {}, listeners = {}) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  for (const [name, listener] of Object.entries(listeners)) made.addEventListener(name, listener);
  parent.append(made);
  return made;
}

function said(box, textContent = "", more = {}) {
  return make("p", box, { className: "explorer-said", textContent, ...more });
}

const plain = (x) => (x && Math.abs(x) < 1e-3 ? x.toExponential(2) : +x.toPrecision(3));
const text = (x) => String(plain(x)).replace(/-/g, "−");
const colour = (name) => getComputedStyle(root).getPropertyValue("--explorer-" + name).trim();
const tint = (model) => model.colour || colour("text");

function errors() {
  const high = variables[state.variable].errors[state.size];
  return { low: 0, high, colours: data.error_colours };
}


const place = (i) => `${snapshots.numbers[i]} of ${snapshots.of}`;
const titled = (i) => ["test snapshot " + place(i), snapshots.names[i]].filter(Boolean).join(", ");

function truth(i) {
  const at = snapshots.kept.indexOf(i);
  if (at < 0) return null;
  const numbers = truths.subarray(at * rank, (at + 1) * rank);
  return ("values" in snapshots ? physical : combined)(shared, numbers);
}

function fitted(canvas) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  return [canvas.getContext("2d"), canvas.width, canvas.height, ratio];
}

function paint(canvas, count, share, colours) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < count; i++) {
    const x = share(i);
    if (x !== x) continue;
    const at = 3 * Math.max(0, Math.min(255, Math.round(255 * x)));
    image.data.set([colours[at], colours[at + 1], colours[at + 2], 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}

// The last of curves (values, colour, width) as an image, or all of them as curves.
function draw(canvas, { low, high, colours }, ...curves) {
  const start = state.variable * n, count = pixels.length;
  const share = (values, i) => (
    pixels[i] < n ? (values[start + pixels[i]] - low) / (high - low) : NaN);
  if (isImage) return paint(canvas, count, (i) => share(curves.at(-1)[0], i), get(colours));
  const [context, width, height, ratio] = fitted(canvas);
  for (const [values, stroke, thick] of curves) {
    context.beginPath();
    for (let i = 0; i < count; i++) {
      context.lineTo(i / (count - 1) * width, height * (0.94 - 0.88 * share(values, i)));
    }
    Object.assign(context, { lineWidth: thick * ratio, strokeStyle: stroke });
    context.stroke();
  }
  return undefined;
}

function picture(parent, label) {
  const [height, width] = isImage ? data.picture.size : [1, 1];
  const canvas = make("canvas", parent, { width, height, role: "img", "aria-label": label });
  canvas.className = "explorer-field explorer-" + data.picture.kind;
  canvas.style.aspectRatio = data.picture.aspect;
  return canvas;
}

function bar(label, scale) {
  make("span", reference.bars, { textContent: label });
  if (isImage) {
    const canvas = make("canvas", reference.bars, { width: 256, height: 1 });
    paint(canvas, 256, (i) => i / 255, get(scale.colours));
  }
  const ends = make("span", reference.bars, { className: "explorer-ends" });
  for (const x of [scale.low, (scale.low + scale.high) / 2, scale.high]) {
    make("span", ends, { textContent: text(x) });
  }
}

// ---- one column

function column(name) {
  const box = make("section", part("columns"), { "aria-label": name });
  box.className = "explorer-column";
  make("h3", box, { textContent: name });
  return box;
}

function explored(model) {
  const k = model.order.length, shown = Math.min(k, 4), box = column(model.name);
  const own = { model, k, sliders: [], pair: [0, 1], values: new Float32Array(k) };
  Object.assign(own, { cloud: get(model.cloud), test: get(model.test) });
  if (model.colour) box.style.setProperty("--method", model.colour);
  own.field = picture(box, `Field decoded by ${model.name}`);
  own.said = said(box, "", { role: "status" });
  own.second = picture(box, "");
  own.caption = said(box);
  for (let i = 0; i < shown; i++) own.sliders.push(slider(own, box, i));
  if (shown > 1) pad(own, box, shown);
  const rest = k > shown ? "Further latents keep the values of the snapshot. " : "";
  const off = model.on.slice(0, shown).includes(false) ? "Grey latents are switched off." : "";
  said(box, rest + off);
  return own;
}

const range = (model, i) => model.high[i] - model.low[i];

function slider(own, box, i) {
  const { model } = own, row = make("label", box, { className: "explorer-slider" });
  if (!model.on[i]) row.classList.add("explorer-off");
  make("span", row, { textContent: model.names[i] });
  const input = make("input", row, {
    type: "range", min: model.low[i], max: model.high[i], step: range(model, i) / 200,
    "aria-label": `${model.names[i]} of ${model.name}`,
  }, { input: () => move(own, [i, Number(input.value)]) });
  return [input, make("output", row)];
}

function move(own, ...changes) {
  const { low, high } = own.model;
  for (const [i, value] of changes) own.values[i] = Math.max(low[i], Math.min(high[i], value));
  Object.assign(own, { hand: true, decoded: null });
  stop();
  refresh();
}

function follow(own) {
  own.values.set(own.test.subarray(state.test * own.k, (state.test + 1) * own.k));
  Object.assign(own, { hand: false, decoded: null });
}

const KEYS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [1, 1], ArrowDown: [1, -1] };

// A pad of two latents, whose ranges take 88 % of it.
function pad(own, box, shown) {
  const { model } = own, row = make("div", box, { className: "explorer-pad" });
  const to = (event) => {
    const { offsetX, offsetY, target } = event;
    const shares = [offsetX / target.clientWidth, 1 - offsetY / target.clientHeight];
    const value = (i, share) => model.low[i] + range(model, i) * (share - 0.06) / 0.88;
    move(own, ...own.pair.map((i, axis) => [i, value(i, shares[axis])]));
  };
  own.pad = make("canvas", row, {
    tabIndex: 0, role: "application",
    "aria-label": `Pad of two latents of ${model.name}: drag, or use the arrow keys`,
  }, {
    pointerdown: (event) => { own.pad.setPointerCapture(event.pointerId); to(event); },
    pointermove: (event) => { if (event.buttons) to(event); },
    keydown: (event) => {
      if (!KEYS[event.key]) return;
      event.preventDefault();
      const [axis, way] = KEYS[event.key], i = own.pair[axis];
      move(own, [i, own.values[i] + way * range(model, i) / 50]);
    },
  });
  const select = make("select", row, { "aria-label": `Latents of the pad of ${model.name}` },
    { change: () => { own.pair = select.value.split(" ").map(Number); refresh(); } });
  for (let i = 0; i < shown; i++) {
    for (let j = i + 1; j < shown; j++) {
      const textContent = `${model.names[i]} →, ${model.names[j]} ↑`;
      make("option", select, { textContent, value: `${i} ${j}` });
    }
  }
}

function drawPad({ pad: canvas, pair, model, cloud, values, k, outside }) {
  const [context, width, height, ratio] = fitted(canvas);
  const disc = (rows, start, radii, fill) => {
    const at = pair.map((i) => 0.06 + 0.88 * (rows[start + i] - model.low[i]) / range(model, i));
    context.beginPath();
    context.ellipse(width * at[0], height * (1 - at[1]), radii[0], radii[1], 0, 0, 7);
    context.fillStyle = fill;
    context.fill();
  };
  const near = pair.map((i, axis) => {
    const share = model.by[i] ? model.far / model.by[i] / range(model, i) : 0;
    return Math.max(0.03, Math.min(0.15, share)) * (axis ? height : width);
  });
  const dot = [1.2 * ratio, 1.2 * ratio], mark = [6 * ratio, 6 * ratio];
  const shade = colour("near"), ink = colour("ink");
  for (let s = 0; s < cloud.length; s += k) disc(cloud, s, near, shade);
  for (let s = 0; s < cloud.length; s += k) disc(cloud, s, dot, ink);
  disc(values, 0, mark, outside ? colour("far") : tint(model));
  Object.assign(context, { lineWidth: 2 * ratio, strokeStyle: colour("paper") });
  context.stroke();
}

// Which of some rows of latents is nearest, and how far, in standard deviations.
function nearest({ values, k, model }, rows, wanted) {
  let best = -1, least = Infinity;
  for (const row of wanted) {
    let square = 0;
    for (let i = 0; i < k; i++) square += ((rows[row * k + i] - values[i]) * model.by[i]) ** 2;
    if (square < least) [best, least] = [row, square];
  }
  return [best, Math.sqrt(least)];
}

function update(own) {
  const { model, hand } = own, variable = variables[state.variable], z = new Float32Array(own.k);
  model.order.forEach((to, i) => { z[to] = model.signs[i] * own.values[i]; });
  own.decoded = own.decoded || decode(model, z);
  const distance = nearest(own, own.cloud, Array(own.cloud.length / own.k).keys())[1];
  own.outside = distance > model.far;
  const exact = hand ? null : truth(state.test), near = nearest(own, own.test, snapshots.kept)[0];
  const other = [exact || truth(near), colour("truth"), 4], line = [tint(model), 1.6];
  draw(own.field, variable, other, [own.decoded, ...line]);
  const error = exact && own.decoded.map((x, p) => Math.abs(x - exact[p]));
  if (exact) draw(own.second, errors(), [error, ...line]);
  else draw(own.second, variable, other);
  own.caption.textContent = exact ? "Error |x − x̂|" : "Nearest held-out snapshot: " + place(near);
  own.second.setAttribute("aria-label", own.caption.textContent);
  const known = hand ? undefined : model.errors[state.test];
  own.said.textContent = (known === undefined ? "" : `error ${text(100 * known)} %, `)
    + (own.outside ? "outside the data" : "inside the data");
  own.said.classList.toggle("explorer-outside", own.outside);
  own.sliders.forEach(([input, output], i) => {
    input.value = own.values[i];
    output.textContent = text(own.values[i]);
    input.setAttribute("aria-valuetext", output.textContent);
  });
  if (own.pad) drawPad(own);
}

// ---- all columns

function show() {
  waiting = false;
  const distance = (i) => Math.abs(i - state.test);
  const kept = snapshots.kept.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  draw(reference.field, variables[state.variable], [truth(kept), colour("truth"), 4]);
  reference.said.textContent = (kept === state.test ? "" : "Nearest in order: ") + titled(kept);
  columns.forEach(update);
  follower.value = state.test;
  follower.setAttribute("aria-valuetext", titled(state.test));
  follower.nextSibling.textContent = place(state.test);
  part("back").disabled = !columns.some((own) => own.hand);
}

function refresh() {
  if (!waiting) requestAnimationFrame(show);
  waiting = true;
}

function goTo(i) {
  state.test = i;
  columns.forEach(follow);
  refresh();
}

function bars() {
  const variable = variables[state.variable];
  reference.bars.replaceChildren();
  bar(variable.label, variable);
  bar(`error of ${variable.label}`, errors());
  refresh();
}

function rebuild() {
  part("columns").replaceChildren();
  part("notes").replaceChildren();
  const box = column("Held-out snapshot");
  const models = data.models.filter((model) => model.size === state.size);
  reference.field = picture(box, "Held-out snapshot");
  reference.said = said(box);
  reference.bars = make("div", box, { className: "explorer-bars" });
  columns = models.filter((model) => model.layers).map(explored);
  const reasons = models.filter((model) => model.reason).map((m) => `${m.name}: ${m.reason}.`);
  for (const textContent of [data.picture.note, ...data.notes, ...reasons].filter(Boolean)) {
    make("li", part("notes"), { textContent });
  }
  bars();
  goTo(state.test);
}

function choice(label, options, chosen, change) {
  if (options.length < 2) return;
  const box = make("label", part("choices"), { textContent: label });
  const select = make("select", box, {}, { change: () => change(select.selectedIndex) });
  for (const option of options) make("option", select, { textContent: option });
  select.selectedIndex = chosen;
}

function stop() {
  clearInterval(timer);
  timer = 0;
  part("play").textContent = "▶ Play";
}

function play() {
  if (timer) return stop();
  const slow = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  timer = setInterval(() => goTo((state.test + 1) % snapshots.numbers.length), slow ? 1000 : 150);
  part("play").textContent = "⏸ Pause";
  return undefined;
}

document.documentElement.classList.add("with-script");
choice("Latents", data.sizes, data.sizes.indexOf(state.size), (i) => {
  state.size = data.sizes[i];
  rebuild();
});
choice("Variable", variables.map(({ name }) => name), 0, (i) => {
  state.variable = i;
  bars();
});
follower.max = snapshots.numbers.length - 1;
follower.addEventListener("input", () => { stop(); goTo(Number(follower.value)); });
part("play").addEventListener("click", play);
part("back").addEventListener("click", () => goTo(state.test));
window.addEventListener("resize", refresh);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", refresh);
rebuild();
})();
