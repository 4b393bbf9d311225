"""Rows too broken to read, in a delivery: rejected, mendable, and nobody's end."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.sources import organisations
from tests.builders import AAPO, World, a_world

HEADINGS = "asiakasnumero;sukunimi;etunimet;puhelin"


def deliver(world: World, path: Path) -> organisations.Report:
    request = organisations.Request(
        path=path, file_name=path.name, organisation_id=world.town.id, mapping=organisations.standard(), full=True,
        artificial_hetu=True, ordinary_hetu=False,
    )  # fmt: skip
    with world.register.door.write(world.maintainer, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
        return organisations.run(tx, world.register.vault, request, lambda rows: None)


def a_file(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text("\n".join([HEADINGS, *rows]) + "\n", "utf-8")
    return path


def test_a_customer_whose_row_is_broken_in_a_full_file_has_not_left(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        deliver(world, a_file(tmp_path, "eka.csv", "1;Koski;Aino;", "2;Salo;Liisa;", "3;Aalto;Alvar;"))
        world.clock.pass_days(1)

        report = deliver(world, a_file(tmp_path, "toka.csv", "1;Koski;Aino;", "2;Salo"))

        assert (report.unchanged, report.rejected, report.ended) == (1, 1, 1)
        assert dict(report.reasons) == {("cell_count", ""): 1}


def test_a_computed_name_is_refused_where_one_column_holds_whole_names(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "asiakkaat.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Asiakasnumero", "Nimi", "Hetu", "Postinumero", "Katuosoite"])
        sheet.write_row(1, 0, ["1", "", AAPO, 100, "Tie 1"])
        sheet.write_formula(1, 1, '=CONCATENATE("Kuvitteellinen"," Aapo")', value="Kuvitteellinen Aapo")
    with a_world(database_url, tmp_path) as world:
        report = deliver(world, path)

        assert (report.new, report.rejected) == (0, 1)
        assert dict(report.reasons) == {("formula", "Nimi"): 1}
