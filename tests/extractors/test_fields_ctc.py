"""Decoding of a CTC net's output, against brute force on small examples."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.readers.ctc import (
    ALPHABET,
    COLUMN,
    Grammar,
    LogProbabilities,
    best_path,
    search,
    text_probability,
)
from extractors.values.grammars import grammar_of, letters_of
from form_templates.model import FormField


def output(rows: list[dict[str, float]]) -> LogProbabilities:
    """Probabilities by letter (blank is ``_``); what is left goes to the blank."""
    logs = np.full((len(rows), len(ALPHABET) + 1), 1e-9)
    for step, row in enumerate(rows):
        for letter, probability in row.items():
            logs[step, 0 if letter == "_" else COLUMN[letter]] = probability
        logs[step, 0] += max(0.0, 1 - sum(row.values()))
    return np.asarray(np.log(logs), np.float32)


def spelled(path: tuple[str, ...]) -> str:
    merged = [letter for index, letter in enumerate(path) if index == 0 or letter != path[index - 1]]
    return "".join(letter for letter in merged if letter != "_")


rows_of_three = st.lists(
    st.tuples(st.floats(0.05, 1), st.floats(0.05, 1), st.floats(0.05, 1)).map(
        lambda w: {"1": w[0] / sum(w), "2": w[1] / sum(w), "_": w[2] / sum(w)}
    ),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=40)
@given(rows_of_three)
def test_text_probability_is_the_sum_over_all_paths(rows: list[dict[str, float]]) -> None:
    logs = output(rows)
    sums: dict[str, float] = {}
    for path in product("12_", repeat=len(rows)):
        probability = float(np.prod([row[letter] for row, letter in zip(rows, path, strict=True)]))
        sums[spelled(path)] = sums.get(spelled(path), 0) + probability
    for text, probability in sums.items():
        assert text_probability(logs, text) == pytest.approx(probability, rel=1e-3, abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(rows_of_three)
def test_search_finds_the_best_allowed_text(rows: list[dict[str, float]]) -> None:
    grammar = Grammar(("11", "111"), lambda _: True)
    found = dict(search(output(rows), grammar))
    wanted = {
        text: sum(
            float(np.prod([row[letter] for row, letter in zip(rows, path, strict=True)]))
            for path in product("12_", repeat=len(rows))
            if spelled(path) == text
        )
        for text in ("11", "111")
    }
    for text, probability in found.items():
        assert probability == pytest.approx(wanted[text], rel=1e-3, abs=1e-6)
    likely = {text for text, probability in found.items() if probability > 1e-6}
    assert likely == {text for text, probability in wanted.items() if probability > 1e-6}


def test_best_path_joins_repeats_and_parts_them_at_a_blank() -> None:
    logs = output([{"a": 0.9}, {"a": 0.8}, {"_": 1.0}, {"a": 0.7}, {"b": 0.6}])
    text, letters = best_path(logs)
    assert text == "aab"
    assert letters == pytest.approx((0.9, 0.7, 0.6), rel=1e-3)


def test_letters_that_a_kind_forbids_are_not_read() -> None:
    logs = output([{"O": 0.6, "0": 0.4}])
    assert best_path(logs)[0] == "O"
    assert best_path(logs, "0123456789")[0] == "0"


def test_a_text_beyond_the_alphabet_is_impossible() -> None:
    assert text_probability(output([{"a": 1.0}]), "é") == 0


def test_a_date_is_repaired_to_one_of_the_calendar() -> None:
    field = FormField(name="signature_date", label="", kind="date", page=1, section="s", comb=8)
    grammar = grammar_of(field)
    assert grammar is not None
    spelled_steps = [{digit: 0.9, "_": 0.1} for digit in "03"] + [{"8": 0.6, "1": 0.4}, {"_": 1.0}]
    spelled_steps += [step for digit in "12026" for step in ({digit: 0.9, "_": 0.1}, {"_": 1.0})]
    assert best_path(output(spelled_steps))[0] == "03812026"
    assert search(output(spelled_steps), grammar)[0][0] == "03112026"


def test_every_letter_of_a_written_phone_is_allowed() -> None:
    field = FormField(name="phone", label="", kind="phone", page=1, section="s")
    assert set("(206) 555-0112") <= set(letters_of(field) or "")
    assert "Q" not in (letters_of(field) or "Q")
