"""`diplograph anchor`."""

from __future__ import annotations

import click

from diplograph.cli import running
from diplograph.findings import count_by_severity
from diplograph.values.printing import printable


@click.command()
@running.options(
    running.SOURCES,
    click.option("--articles", required=True, metavar="DIR", help="The folder with the texts of the articles."),
    click.option("--check", is_flag=True, help="Only check; change no file."),
    click.option("--coverage", is_flag=True, help="Tell which sentences no evidence covers."),
    running.QUIET,
)
@running.command
def anchor(sources: tuple[str, ...], articles: str, check: bool, coverage: bool, quiet: bool) -> None:
    """Tie evidence to the articles' texts.

    Turns quotes into offsets with digests, fills in the digest and length of the text where
    they are missing, and checks all that is there: the text's SHA-256, and the digest of every
    span. A span that does not hold any more is reported with the place it moved to, if there is
    one. Files are changed in place, and only where they have to be; the article's words are
    written nowhere.

    With --coverage, counts for each article the sentences that the evidence of some fact
    covers, and lists those that none does at their place in the text, unless the annotation
    lists them under noFact.

    \b
    Examples:
      diplograph anchor draft.diplomacy.yaml --articles texts
      diplograph anchor seeds --articles texts --check
      diplograph anchor seeds --articles texts --coverage
    """
    from diplograph.anchoring import anchor as run  # noqa: PLC0415 - for a quick --help
    from diplograph.reporting.text import finding_lines  # noqa: PLC0415

    outcome = run(sources, articles, check=check, coverage=coverage)
    for finding in outcome.findings:
        for line in finding_lines(finding):
            click.echo(line)
    for found in outcome.coverage:
        click.echo(printable(str(found)))
    if not quiet:
        holding = "1 span holds" if outcome.checked == 1 else f"{outcome.checked} spans hold"
        anchored = "1 quote" if outcome.anchored == 1 else f"{outcome.anchored} quotes"
        summary = f"{holding}, {anchored} anchored"
        running.say(f"{summary}; {count_by_severity(outcome.findings)}.")
    if any(finding.severity == "error" for finding in outcome.findings):
        raise click.exceptions.Exit(running.UNUSABLE)
    if outcome.findings:
        raise click.exceptions.Exit(running.FINDINGS)
