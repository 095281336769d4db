"""What users read says none of the phrases that docs/conventions.md replaces ("How we write")."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Regular expressions; a space stands for any white space.
BANNED = (
    r"(training|test|validation) part",
    r"snapshots worth",
    r"(is|are) worth (\d+|n) (independent )?snapshots",
    r"memorisers?(?! :)",  # an attribute of Leakage has this name
    r"to the bend",
    r"where it was (last )?kept",
    r"keep their course in time",
    r"what chance gives",
    r"if unrelated",
    r"what is left after so many",
    r"for nothing",
    r"within chance",
    r"not decided by chance",
    r"anew",
    r"so many",
    r"beside",
    r"a training(?! (run|set|snapshot|row|step|trajectory|error|loss|share|mean|sample)s?\b)",
    r"trainings",
    r"goes on",
    r"go on",
    r"what is gathered of",
    r"is never whole",
)
PATTERN = re.compile(
    r"\b(" + "|".join(phrase.replace(" ", r"\s+") for phrase in BANNED) + r")\b", re.IGNORECASE
)

#: The table of phrases itself.
EXEMPT = {"docs/conventions.md"}
TEXTS = (
    "README.md",
    "CHANGELOG.md",
    "docs/**/*.md",
    "datasets/*/README.md",
    "datasets/*/card.toml",
    "rom/report/page/*.html",
    "rom/report/page/*.js",
    "rom/report/page/*.j2",
)


def strings(source: str) -> Iterator[tuple[int, str]]:
    """String literals and docstrings with their line; no single words, which are keys and names.

    The pieces of an f-string are joined: a phrase may be spread over them.
    """
    tree = ast.parse(source)
    pieces: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [p for p in node.values if isinstance(p, ast.Constant)]
            pieces.update(id(part) for part in parts)
            yield (
                node.lineno,
                "".join(str(p.value) if isinstance(p, ast.Constant) else "…" for p in node.values),
            )
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) not in pieces and not node.value.isidentifier():
            yield node.lineno, node.value


def texts() -> Iterator[tuple[str, int, str]]:
    """File, first line and text of everything that users read."""
    for path in sorted((ROOT / "rom").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        yield from ((name, line, text) for line, text in strings(path.read_text("utf-8")))
    for pattern in TEXTS:
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT).as_posix()
            if name not in EXEMPT:
                yield name, 1, path.read_text("utf-8")


def found(text: str) -> Iterator[tuple[int, str]]:
    """Lines after the first one, and the phrases there.

    >>> list(found("Kept.\\nIt goes\\non."))
    [(1, 'goes on')]
    """
    for match in PATTERN.finditer(text):
        yield text.count("\n", 0, match.start()), " ".join(match[0].split())


def test_what_users_read_is_plain_english():
    said = [
        f"{name}:{line + after}: {phrase}"
        for name, line, text in texts()
        for after, phrase in found(text)
    ]
    assert not said, "see 'How we write' in docs/conventions.md:\n" + "\n".join(said)


@pytest.mark.parametrize(
    ("source", "phrases"),
    [
        ('"""The test part."""', ["test part"]),
        ('"the test"  " part"', ["test part"]),
        ('f"{n} of the test" f" part {n}"', ["test part"]),
        ('values["memoriser"]', []),
        ("beside = 1  # beside it", []),
        ('"a training run and a training set"', []),
        ('"a training ends"', ["a training"]),
        ('"besides"', []),
    ],
)
def test_phrases_are_found_in_texts_and_not_in_names(source, phrases):
    assert [phrase for _, text in strings(source) for _, phrase in found(text)] == phrases
