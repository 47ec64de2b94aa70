from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.acceptance import Acceptance, AcceptanceLine
from extractors.calibrated import Calibrated, Group, fitted
from form_templates.model import Kind

SHIPPED = fitted()
assert SHIPPED is not None
JUDGE = Calibrated(SHIPPED)
TARGET = 0.0014

groups = st.sampled_from(get_args(Group))
kinds = st.sampled_from(get_args(Kind))
sure = st.floats(0, 1)


@given(groups, kinds, sure, st.floats(0, 2))
def test_a_line_that_nobody_confirmed_only_holds_back(
    group: Group, kind: Kind, sure: float, least: float
) -> None:
    plain = Acceptance(JUDGE, TARGET)
    lined = Acceptance(JUDGE, TARGET, {kind: AcceptanceLine(least), "empty": AcceptanceLine(least)})
    assert lined.passes(group, kind, sure) == (plain.passes(group, kind, sure) and sure >= least)
    assert lined.holds_back(group, kind, sure) == (plain.passes(group, kind, sure) and sure < least)


@given(kinds, sure, st.floats(0, 1))
def test_a_confirmed_line_stands_in_the_gates_place_but_for_the_quick_net_alone(
    kind: Kind, sure: float, least: float
) -> None:
    lined = Acceptance(JUDGE, TARGET, {kind: AcceptanceLine(least, confirmed=True)})
    assert lined.passes("written", kind, sure) == (sure >= least)
    assert not lined.passes("alone", kind, sure) or Acceptance(JUDGE, TARGET).passes("alone", kind, sure)


@pytest.mark.parametrize("group", get_args(Group))
def test_lines_of_other_sorts_change_nothing(group: Group) -> None:
    own: Kind = "name"
    other = Acceptance(JUDGE, TARGET, {"date" if group == "empty" else "empty": AcceptanceLine(2.0)})
    assert other.passes(group, own, 1.0)
