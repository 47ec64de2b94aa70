"""When an answer is due: a small language over a form's other answers.

``a == yes``, ``a != yes``, ``a filled``, ``a empty``, ``a has graves`` (a tick of a ``choices`` field),
joined by ``and``, ``or``, ``not`` and parentheses; ``not`` binds closest, then ``and``. A value of other
characters than letters, digits, ``_``, ``.`` and ``-`` stands in double quotes. An empty answer equals
nothing and differs from nothing: ``a != yes`` asks for an answer other than yes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

from form_templates.errors import ConditionError
from form_templates.model import FormField

Value = str | bool | tuple[str, ...] | None
"""A normal value: text, yes/no, an option's name, ticked or not, the ticks of a ``choices``, or none."""

Operator = Literal["==", "!=", "filled", "empty", "has"]

_TOKEN = re.compile(r'\s*(?:(==|!=|[()])|"([^"]*)"|([\w.-]+)|(\S))')
_WORDS: frozenset[str] = frozenset({"and", "or", "not", "filled", "empty", "has"})
_SIGNS: frozenset[str] = frozenset({"==", "!=", "(", ")"})
_BARE_TESTS: Mapping[str, Operator] = {"filled": "filled", "empty": "empty"}
_VALUE_TESTS: Mapping[str, Operator] = {"==": "==", "!=": "!=", "has": "has"}
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Condition(Protocol):
    """A condition that was read."""

    @property
    def fields(self) -> frozenset[str]:
        """Names of the fields it looks at."""

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Whether it is true of these answers; a field that is not among them is empty."""


@dataclass(frozen=True)
class FieldTest:
    """One test of one field's answer."""

    name: str
    operator: Operator
    value: str = ""

    @property
    def fields(self) -> frozenset[str]:
        """The one field."""
        return frozenset({self.name})

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Whether the answer passes the test."""
        answer = values.get(self.name)
        if self.operator in ("filled", "empty"):
            return is_filled(answer) == (self.operator == "filled")
        if not is_filled(answer):
            return False
        if self.operator == "has":
            return isinstance(answer, (tuple, list)) and self.value in answer
        return _equal(answer, self.value) == (self.operator == "==")


@dataclass(frozen=True)
class Negation:
    """True where its part is not."""

    part: Condition

    @property
    def fields(self) -> frozenset[str]:
        """Those of its part."""
        return self.part.fields

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Whether its part does not hold."""
        return not self.part.holds(values)


@dataclass(frozen=True)
class Junction:
    """All of its parts, or any of them."""

    word: Literal["and", "or"]
    parts: tuple[Condition, ...]

    @property
    def fields(self) -> frozenset[str]:
        """Those of all its parts."""
        return frozenset().union(*(part.fields for part in self.parts))

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Whether all (``and``) or any (``or``) of its parts hold."""
        quantifier = all if self.word == "and" else any
        return quantifier(part.holds(values) for part in self.parts)


def is_filled(value: Value) -> bool:
    """Whether an answer was given: a tick that is not set and an empty text are none."""
    return value not in (None, "", False, (), [])


def _equal(answer: Value, wanted: str) -> bool:
    if isinstance(answer, bool):
        return wanted == ("true" if answer else "false")
    return answer == wanted


@dataclass(frozen=True)
class _Token:
    text: str
    quoted: bool = False


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split()
        self._next = 0

    def _split(self) -> list[_Token]:
        tokens = []
        for sign, quoted, word, stray in _TOKEN.findall(self._text):
            if stray:
                raise ConditionError(self._text, f"{stray} has no meaning here")
            tokens.append(_Token(sign or word or quoted, quoted=not (sign or word)))
        return tokens

    def _peek(self) -> str | None:
        if self._next == len(self._tokens) or self._tokens[self._next].quoted:
            return None
        return self._tokens[self._next].text

    def _take(self) -> _Token:
        if self._next == len(self._tokens):
            raise ConditionError(self._text, "it ends too early")
        self._next += 1
        return self._tokens[self._next - 1]

    def whole(self) -> Condition:
        condition = self._joined("or")
        if self._next < len(self._tokens):
            raise ConditionError(self._text, f"{self._tokens[self._next].text} comes after its end")
        return condition

    def _joined(self, word: Literal["and", "or"]) -> Condition:
        parts = [self._joined("and") if word == "or" else self._single()]
        while self._peek() == word:
            self._take()
            parts.append(self._joined("and") if word == "or" else self._single())
        return parts[0] if len(parts) == 1 else Junction(word, tuple(parts))

    def _single(self) -> Condition:
        if self._peek() == "not":
            self._take()
            return Negation(self._single())
        if self._peek() == "(":
            self._take()
            inside = self._joined("or")
            if self._take().text != ")":
                raise ConditionError(self._text, "a parenthesis is not closed")
            return inside
        return self._test()

    def _test(self) -> Condition:
        name = self._take()
        if name.quoted or name.text in _WORDS or not _NAME.fullmatch(name.text):
            raise ConditionError(self._text, f"{name.text} is not the name of a field")
        operator = self._take().text
        if operator in _BARE_TESTS:
            return FieldTest(name.text, _BARE_TESTS[operator])
        if operator in _VALUE_TESTS:
            value = self._take()
            if not value.quoted and value.text in _WORDS | _SIGNS:
                raise ConditionError(self._text, f"{value.text} is not a value")
            return FieldTest(name.text, _VALUE_TESTS[operator], value.text)
        raise ConditionError(self._text, f"{operator} is no test")


@lru_cache(maxsize=4096)
def parse_condition(text: str) -> Condition:
    """Read a condition.

    Raises:
        ConditionError: it does not follow the grammar of this module.
    """
    return _Parser(text).whole()


def is_required(field: FormField, values: Mapping[str, Value]) -> bool:
    """Whether this field must be answered, given the form's other answers.

    Raises:
        ConditionError: the field's condition cannot be read.
    """
    if field.required in ("yes", "no"):
        return field.required == "yes"
    return parse_condition(field.required).holds(values)
