import string
from pathlib import Path

import pytest
from rule_examples import EXAMPLES, findings_of

from validators.catalog import RULES, UnknownRuleError, finding, rules_markdown
from validators.model import Severity
from validators.program.rules import PROGRAM_RULES

DOCS = Path(__file__).parents[2] / "docs" / "rules.md"
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


def test_every_rule_has_an_example_and_every_example_a_rule():
    assert set(EXAMPLES) == set(RULES)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_example_that_passes_raises_no_such_finding(rule):
    example = EXAMPLES[rule]
    assert rule not in {found.rule for found in findings_of(example, example.passes)}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_example_that_fails_raises_the_finding_once(rule):
    example = EXAMPLES[rule]
    raised = [found for found in findings_of(example, example.fails) if found.rule == rule]
    assert [found.severity for found in raised] == [RULES[rule].severity]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_messages_repeat_no_answer_of_the_form(rule):
    example = EXAMPLES[rule]
    for found in findings_of(example, example.fails):
        for value in example.fails.answers.values():
            if isinstance(value, str) and len(value) > 3:
                assert value not in found.message
        assert "{" not in found.message


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.rule)
def test_a_message_is_one_line_that_says_what_is_wrong_and_what_to_do(rule):
    assert rule.severity in SEVERITIES
    assert "\n" not in rule.message
    assert rule.message.endswith(".")
    assert rule.message.count(". ") + rule.message.count("; ") + rule.message.count(": ") >= 1
    assert rule.source
    assert all(
        name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(rule.message)
    )


def test_an_unknown_rule_names_the_remedy():
    with pytest.raises(UnknownRuleError, match=r"no rule NOPE-1 in the catalog; add it to"):
        finding("NOPE-1")


def test_the_manual_lists_the_rules_as_they_are():
    # To write it again: python -c 'from validators.catalog import rules_markdown as r; print(r(), end="")'
    assert DOCS.read_text(encoding="utf-8") == rules_markdown()


def test_the_manual_names_every_rule():
    page = rules_markdown()
    assert all(f"| {rule} |" in page for rule in {*RULES, *PROGRAM_RULES})
