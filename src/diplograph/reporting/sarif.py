"""Findings as SARIF 2.1.0 (OASIS, errata 01), for code scanning and editors: one run, one result a finding.

What the baseline accepted is there too, as suppressed. Columns count code points, as ours do.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Final, Literal

from diplograph.reporting.jsontext import json_text, object_lines
from diplograph.reporting.messages import message_markdown, message_text
from diplograph.reporting.rules import RuleNumbers
from diplograph.reporting.uris import BASE, artifact_location, is_standard_input
from diplograph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diplograph.findings import Finding, Location, Severity
    from diplograph.reporting.report import Report, Rule

    Level = Literal["error", "warning", "note"]
    Object = dict[str, object]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final[dict[Severity, Level]] = {
    "error": "error",
    "violation": "error",
    "warning": "warning",
    "info": "note",
}
_SUPPRESSED: Final = {"kind": "external", "status": "accepted"}
_PART: Final = re.compile(r"[^\W_]+")


def lines(report: Report) -> Iterator[str]:
    """Write the log, a result a line."""
    rules = RuleNumbers(report)
    artifacts = _Artifacts(report)
    run: Object = {
        "tool": {"driver": {"name": "diplograph", "semanticVersion": __version__, "rules": _rules(rules)}},
        "invocations": [{"executionSuccessful": all(one.severity != "error" for one in report.findings)}],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {BASE: {"description": {"text": "The folder in which diplograph ran."}}},
        "artifacts": iter(artifacts.all),
        "results": _results(report, rules, artifacts),
    }
    yield f'{{\n"$schema": {json_text(_SCHEMA)},\n"version": "2.1.0",\n"runs": [\n'
    yield from object_lines(run)
    yield "]\n}\n"


class _Artifacts:
    """The files of a report by their URIs, numbered (section 3.15.2)."""

    def __init__(self, report: Report) -> None:
        self._numbers: dict[str, int] = {}
        self.all: list[Object] = []
        for file in report.files:
            self._add(file, {"roles": ["analysisTarget", *["standardStream"] * is_standard_input(file)]})
        for finding in chain(report.findings, report.accepted):
            for place in (finding.location, *(related.location for related in finding.related)):
                self._add(place.file, {})

    def _add(self, file: str, more: Object) -> None:
        location = artifact_location(file)
        if file and location["uri"] not in self._numbers:
            self._numbers[location["uri"]] = len(self.all)
            self.all.append({"location": location, **more})

    def location(self, file: str) -> Object:
        """Give the location of a file, with its number."""
        location = artifact_location(file)
        return {**location, "index": self._numbers[location["uri"]]}


def _rules(rules: RuleNumbers) -> list[Object]:
    return [_rule(name, rule) for name, rule in zip(rules.ids, rules.rules, strict=True)]


def _rule(name: str, rule: Rule) -> Object:
    """Describe a rule (section 3.49)."""
    title, message = message_text(rule.name or rule.message or rule.code), message_text(rule.message)
    described: Object = {"id": name}
    if pascal := "".join(part[0].upper() + part[1:] for part in _PART.findall(rule.code)):
        described["name"] = pascal
    described["shortDescription"] = {"text": title}
    if rule.message:
        described["fullDescription"] = {"text": message}
        described["help"] = {"text": message, "markdown": message_markdown(rule.message)}
    described["defaultConfiguration"] = {"level": _LEVELS[rule.severity]}
    return described | ({"properties": {"shape": rule.shape}} if rule.shape else {})


def _results(report: Report, rules: RuleNumbers, artifacts: _Artifacts) -> Iterator[Object]:
    """Give results; whether one is suppressed is said of all or of none (section 3.27.23)."""
    seen: Counter[str] = Counter()
    told = bool(report.accepted)
    for finding, accepted in chain(
        ((finding, False) for finding in report.findings), ((finding, True) for finding in report.accepted)
    ):
        fingerprint = finding.fingerprint
        seen[fingerprint] += 1
        ordinal = f":{seen[fingerprint]}" if seen[fingerprint] > 1 else ""
        result = _result(finding, rules, artifacts)
        result["partialFingerprints"] = {"diplograph/v1": f"{fingerprint}{ordinal}"}
        yield result | ({"suppressions": [_SUPPRESSED] if accepted else []} if told else {})


def _result(finding: Finding, rules: RuleNumbers, artifacts: _Artifacts) -> Object:
    number = rules.number(finding)
    owner = {"logicalLocations": [{"fullyQualifiedName": finding.owner}]} if finding.owner else {}
    location = _location(finding.location, artifacts) | owner
    related = [
        {"id": number, **_location(other.location, artifacts), "message": {"text": message_text(other.message)}}
        for number, other in enumerate(finding.related, start=1)
    ]
    known = {name: getattr(finding, name) for name in ("focus", "path", "value", "component")}
    optional: Mapping[str, object] = {
        "locations": [location] if location else [],
        "relatedLocations": related,
        "properties": {name: value for name, value in known.items() if value},
    }
    return {
        "ruleId": rules.ids[number],
        "ruleIndex": number,
        "level": _LEVELS[finding.severity],
        "message": {"text": message_text(f"{finding.message} {finding.hint}".rstrip())},
        **{name: value for name, value in optional.items() if value},
    }


def _location(place: Location, artifacts: _Artifacts) -> Object:
    if not place.file:
        return {}
    physical: Object = {"artifactLocation": artifacts.location(place.file)}
    if place.region:
        starts = {"startLine": place.region.line, "startColumn": place.region.column}
        physical["region"] = starts | {"endLine": place.region.end_line, "endColumn": place.region.end_column}
    return {"physicalLocation": physical}
