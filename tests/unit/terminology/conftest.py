"""A terminology of small made releases."""

from pathlib import Path

import pytest

from garrod.adapters.packs.importers.run import run_import
from garrod.adapters.terminology.service import Terminology, open_packs
from tests.making import releases as made
from tests.making.imports import BASE, wish


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("releases")
    made.small_rf2(base / "rf2")
    made.dmd(base / "dmd")
    found = {}
    for name, source in (("snomed", "rf2"), ("dmd", "dmd")):
        (found[name],) = run_import(name, base / source, base / "out", wish("")).folders
    return found


@pytest.fixture
def terms(folders: dict[str, Path]) -> Terminology:
    return Terminology(BASE, open_packs(folders))


@pytest.fixture
def bare() -> Terminology:
    return Terminology(BASE)
