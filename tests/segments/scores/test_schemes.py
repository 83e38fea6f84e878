from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from analysis.segments.scores.schemes import TWO_DIGIT, digit, name_codes, rule_of, rules, scheme_of

# The map as it is printed: R down, F across, both from 1.
PRINTED = {
    5: ["new", "potential_loyalists", "potential_loyalists", "champions", "champions"],
    4: ["promising", "potential_loyalists", "potential_loyalists", "loyal", "loyal"],
    3: ["about_to_sleep", "about_to_sleep", "needs_attention", "loyal", "loyal"],
    2: ["hibernating", "hibernating", "at_risk", "at_risk", "cant_lose"],
    1: ["hibernating", "hibernating", "at_risk", "at_risk", "cant_lose"],
}


def test_every_cell_of_the_two_digit_map_has_exactly_one_name():
    for r, f in product(range(1, 6), repeat=2):
        covering = [rule.segment for rule in TWO_DIGIT if rule.covers(r, f, 1)]
        assert covering == [PRINTED[r][f - 1]]


@pytest.mark.parametrize("scheme", ["eight_a", "eight_b"])
def test_every_triple_of_the_eight_classes_has_exactly_one_name(scheme):
    named = [[r.segment for r in rules(scheme) if r.covers(*cell)] for cell in product((1, 2), repeat=3)]
    assert all(len(names) == 1 for names in named)
    assert len({names[0] for names in named}) == 8


@pytest.mark.parametrize("n", range(2, 11))
@pytest.mark.parametrize("n_f", range(2, 11))
def test_every_score_of_every_size_gets_the_name_of_its_digit(n, n_f):
    cells = np.array(list(product(range(1, n + 1), range(1, n_f + 1))))
    codes = name_codes(cells[:, 0], cells[:, 1], np.ones(len(cells), int), scheme="two_digit", n_scores=(n, n_f, 5))
    for (r, f), code in zip(cells, codes, strict=True):
        r_digit, f_digit = -(-5 * int(r) // n), -(-5 * int(f) // n_f)
        assert TWO_DIGIT[code].segment == PRINTED[r_digit][f_digit - 1]


def test_digits_run_from_the_first_band_to_five_and_never_fall():
    for n in range(2, 11):
        digits = digit(np.arange(1, n + 1), n)
        assert digits[-1] == 5
        assert digits[0] >= 1
        assert (np.diff(digits) >= 0).all()


def test_a_key_leads_back_to_its_scheme_and_rule():
    assert scheme_of("eight_b.keep") == "eight_b"
    assert scheme_of("loyal") == "two_digit"
    assert scheme_of("cluster_1") is None
    assert rule_of("cluster_1") is None


STEPS = {
    2: [1, 5], 3: [1, 3, 5], 4: [1, 2, 4, 5], 5: [1, 2, 3, 4, 5], 6: [1, 2, 3, 3, 4, 5], 9: [1, 2, 2, 3, 3, 4, 4, 5, 5],
    10: [1, 1, 2, 2, 3, 3, 4, 4, 5, 5],
}  # fmt: skip


@pytest.mark.parametrize("n", STEPS)
def test_scores_that_are_no_parts_reach_both_ends_in_equal_steps(n):
    assert digit(np.arange(1, n + 1), n, parts=False).tolist() == STEPS[n]


def names_of(n_r, n_f):
    cells = np.array(list(product(range(1, n_r + 1), range(1, n_f + 1))))
    ones = np.ones(len(cells), int)
    codes = name_codes(cells[:, 0], cells[:, 1], ones, scheme="two_digit", n_scores=(n_r, n_f, 2), parts=False)
    return {TWO_DIGIT[code].segment for code in codes}


def test_two_and_three_scores_of_own_cuts_can_have_every_name_of_their_corners():
    assert names_of(2, 2) == {"champions", "new", "cant_lose", "hibernating"}
    assert names_of(3, 3) == {
        "champions", "potential_loyalists", "new", "loyal", "needs_attention", "about_to_sleep", "cant_lose", "at_risk",
        "hibernating",
    }  # fmt: skip
    for n_r, n_f in product(range(5, 11), repeat=2):
        assert names_of(n_r, n_f) == {rule.segment for rule in TWO_DIGIT}
