"""The third peer: the tables mapped by maplib, with an OTTR template for each; needs maplib, and polars.

    python tests/benchmarks/peers/ottr.py TABLES -o out.nt
    python tests/benchmarks/peers/ottr.py TABLES --prepare

maplib takes tables of Polars. With `--prepare` the tables are turned into Parquet, which is not part of what is
measured; reading them is.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))  # so that this runs as a script

import polars as pl  # type: ignore[import-not-found]  # in an environment of its own
from maplib import Model, RDFType, SolutionMappings  # type: ignore[import-not-found]
from tests.benchmarks.peers.tables import DATE, DECIMAL, INTEGER, IRI, PLAIN, RDF, TABLES, TAGGED, XSD, Table

_STRING = XSD + "string"
_TAGGED = f"{RDF}langString"


def prepare(tables: Path) -> None:
    """Turn the tables into Parquet, with the types that maplib wants."""
    for name, table in TABLES.items():
        frame = pl.read_csv(tables / f"{name}.csv", infer_schema=False, null_values="")
        if len(frame):
            frame.select("node", *_cells(table)).write_parquet(tables / f"{name}.parquet")


def _cells(table: Table) -> list[Any]:
    found = []
    for name, column in table.columns.items():
        cell = pl.col(name)
        if column.kind == INTEGER:
            cell = cell.cast(pl.Int64)
        if column.kind == DECIMAL:
            cell = cell.cast(pl.Decimal(38, 12))
        if column.kind == DATE:
            cell = cell.str.to_date()
        if column.kind == TAGGED:
            both = pl.struct(cell.alias(f"<{_TAGGED}>"), pl.col("language").alias("l")).alias(name)
            cell = pl.when(cell.is_not_null()).then(both)
        found.append(cell)
    return found


def template(name: str, table: Table) -> str:
    """Give the OTTR template of a table."""
    kinds = {IRI: "ottr:IRI", PLAIN: f"<{_STRING}>", TAGGED: f"<{_TAGGED}>"}
    parameters = "".join(
        f", ? {kinds.get(column.kind, f'<{column.kind}>')} ?{key}" for key, column in table.columns.items()
    )
    instances = [f"ottr:Triple(?node, <{column.predicate}>, ?{key})" for key, column in table.columns.items()]
    if table.type:
        instances.insert(0, f"ottr:Triple(?node, a, <{table.type}>)")
    return f"<urn:table:{name}> [ ottr:IRI ?node{parameters} ] :: {{ {', '.join(instances)} }} .\n"


def types(table: Table) -> dict[str, Any]:
    """Give the types of a table's columns."""
    named = {PLAIN: _STRING, TAGGED: _TAGGED}
    return {"node": RDFType.IRI} | {
        key: RDFType.IRI if column.kind == IRI else RDFType.Literal(named.get(column.kind, column.kind))
        for key, column in table.columns.items()
    }


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--prepare", action="store_true")
    given = parser.parse_args()
    if given.prepare:
        prepare(given.tables)
        return
    model = Model()
    for name, table in TABLES.items():
        path = given.tables / f"{name}.parquet"
        if path.exists():
            model.add_template(template(name, table))
            model.map(f"urn:table:{name}", SolutionMappings(pl.read_parquet(path), types(table)), validate_iris=False)
    model.write(given.output, format="ntriples")


if __name__ == "__main__":
    main()
