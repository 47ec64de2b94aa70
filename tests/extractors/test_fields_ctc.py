"""Decoding of a CTC net's output, against brute force on small examples."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.readers.ctc import (
    ALPHABET,
    COLUMN,
    NEVER,
    Grammar,
    Letters,
    LogProbabilities,
    best_path,
    bound_to,
    n_best,
    search,
    text_probabilities,
    text_probability,
)
from extractors.values.grammars import OneAt, grammar_of, letters_of
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


@settings(deadline=None, max_examples=40)
@given(rows_of_three)
def test_several_texts_at_once_are_as_probable_as_one_by_one(rows: list[dict[str, float]]) -> None:
    logs = output(rows)
    texts = ["", "1", "12", "112", "2121", "é"]
    together = text_probabilities(logs, texts)
    for text, log in zip(texts, together, strict=True):
        assert np.exp(log) == pytest.approx(text_probability(logs, text), rel=1e-6)
    assert together[-1] == NEVER


@settings(deadline=None, max_examples=40)
@given(rows_of_three)
def test_the_best_free_texts_are_the_likeliest(rows: list[dict[str, float]]) -> None:
    logs = output(rows)
    found = n_best(logs, Letters(), width=64)
    for text, probability in found:
        assert probability == pytest.approx(text_probability(logs, text), rel=1e-3, abs=1e-6)
    assert sum(probability for _, probability in found) == pytest.approx(1, abs=0.02)


def test_a_long_text_keeps_its_probability() -> None:
    steps = [step for letter in "abcdefgh" * 30 for step in ({letter: 0.5, "x": 0.5}, {"_": 1.0})]
    (log,) = text_probabilities(output(steps), ["abcdefgh" * 30])
    assert log == pytest.approx(240 * np.log(0.5), rel=1e-4)


def test_however_sure_a_blank_parts_a_letter_from_its_like() -> None:
    logs = output([{"1": 0.9}, {"_": 1.0}, {"1": 0.9}])
    assert n_best(logs, Letters())[0][0] == "11"


def test_letters_that_cannot_stand_count_for_their_twins_and_gaps_for_nothing() -> None:
    logs = output([{"O": 0.6, "0": 0.3}, {" ": 0.9}, {"7": 0.9, "Q": 0.1}])
    bound = bound_to(logs, "0123456789", {"O": "0"}, gapless=True)
    assert best_path(bound)[0] == "07"
    assert text_probability(bound, "07") == pytest.approx((0.9 + 0.1) * 0.9, abs=0.12)
    assert text_probability(bound, "0Q") == 0


def test_a_grammar_follows_every_layout_at_once() -> None:
    grammar = Grammar(("=#", "+##"), lambda _: True)
    one = grammar.step(grammar.start, "2")
    assert one is not None
    two = grammar.step(one, "5")
    assert two is not None
    assert grammar.is_end(two)
    assert grammar.step(two, "0") is not None
    assert grammar.step(grammar.start, "0") is None


@pytest.mark.parametrize("written", ["3/7/15", "Mar 7, 2015", "MARCH 7, 2015", "7 Mar 2015", "03-07-2015"])
def test_dates_are_searched_for_in_the_styles_people_write(written: str) -> None:
    grammar = grammar_of(FormField(name="order_date", label="", kind="date", page=1, section="s"))
    assert grammar is not None
    logs = output([step for letter in written for step in ({letter: 0.9, "_": 0.1}, {"_": 1.0})])
    assert search(logs, grammar)[0][0] == written


def test_the_search_for_an_address_keeps_to_its_form() -> None:
    rows = [{letter: 0.9} for letter in "ana@b.org"]
    rows[3] = {"O": 0.6, "@": 0.3}
    found = [text for text, _ in n_best(output(rows), OneAt(), width=20)]
    assert found[0] == "ana@b.org"
    assert all(text.count("@") == 1 and "." in text.partition("@")[2] for text in found)
