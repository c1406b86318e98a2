"""The rules of a report, numbered, each with a name of its own."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from diplograph.reporting.report import Rule

if TYPE_CHECKING:
    from diplograph.findings import Finding
    from diplograph.reporting.report import Report

    Key = tuple[str, str]


class RuleNumbers:
    """All rules of a report, also those that only findings name, and which one a finding is of.

    A rule's id is its code; where several shapes share the code, the IRI of the shape.
    """

    def __init__(self, report: Report) -> None:
        self._rules: dict[Key, Rule] = {}
        self._by_code: dict[str, Key] = {}
        for rule in report.rules:
            self._add(rule)
        for finding in chain(report.findings, report.accepted):
            if self._key(finding) not in self._rules:
                self._add(Rule(finding.code, "", "", finding.severity, finding.shape))
        self._numbers = {key: number for number, key in enumerate(self._rules)}
        self.ids = _ids(list(self._rules))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in the order of their numbers."""
        return tuple(self._rules.values())

    def number(self, finding: Finding) -> int:
        """Tell which rule a finding of the report is of."""
        return self._numbers[self._key(finding)]

    def _add(self, rule: Rule) -> None:
        self._rules.setdefault((rule.code, rule.shape), rule)
        self._by_code.setdefault(rule.code, (rule.code, rule.shape))

    def _key(self, finding: Finding) -> Key:
        """Find the rule of code and shape, else one of the code where either has no shape."""
        exact = (finding.code, finding.shape)
        known = self._by_code.get(finding.code, exact)
        without = (finding.code, "")
        if exact in self._rules or without in self._rules:
            return exact if exact in self._rules else without
        return exact if finding.shape else known


def _ids(keys: list[Key]) -> tuple[str, ...]:
    shared = Counter(code for code, _ in keys)
    wanted = [shape if shape and shared[code] > 1 else code for code, shape in keys]
    taken: dict[str, None] = {}
    for name in wanted:
        number, one = 1, name
        while one in taken:
            number += 1
            one = f"{name}:{number}"
        taken[one] = None
    return tuple(taken)
