"""Set phrases of news pages; the columns themselves stand against the oracle in test_features_oracle."""

import unicodedata
from collections import Counter
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from linesift.features import cues
from linesift.features.batch import read_batch
from linesift.features.cues import FAMILIES, CueTable, find_cues, hash_cues, phrases, spellings

ROOM = Path(cues.__file__).parent
TABLE = (ROOM / "cues.tsv").read_text("utf-8")
ROWS = [tuple(row.split("\t")) for row in TABLE.splitlines() if not row.startswith("#")][1:]


def found_on(*lines: str) -> list[dict[str, int]]:
    """Columns of each line that are not 0."""
    columns = phrases(read_batch(["\n".join(lines)]))
    values = np.array([*columns]).T.tolist()
    return [{name: value for name, value in zip(FAMILIES, row, strict=True) if value} for row in values]


def test_the_arrays_are_of_the_table() -> None:
    table = hash_cues(TABLE)
    with np.load(ROOM / "cues.npz") as stored:
        for each in fields(CueTable):
            found = getattr(table, each.name)
            np.testing.assert_array_equal(stored[each.name], found, "write it again: python scripts/make_cues.py")
            assert stored[each.name].dtype == found.dtype
    assert (table.keys[1:] > table.keys[:-1]).all()


def test_rows_of_the_table_are_written_as_its_heading_says() -> None:
    meanings = [meaning for family in FAMILIES.values() for meaning in family]
    assert len(set(meanings)) == len(meanings)
    for meaning, language, phrase in ROWS:
        assert meaning in meanings
        assert language.replace("-", "").isalpha()
        folded = "".join(char.lower() if len(char.lower()) == 1 else char for char in phrase)
        assert phrase == unicodedata.normalize("NFC", " ".join(folded.split())), phrase
        assert not set(phrase) & set("’‘\u00ad\u200e\u200f"), phrase
        assert language != "ro" or not set(phrase) & set("şţ"), phrase
        assert language not in ("tr", "az") or "İ" not in phrase, phrase
    assert [row for row, times in Counter(ROWS).items() if times > 1] == []
    assert sorted(ROWS, key=lambda row: (row[1], meanings.index(row[0]))) == ROWS


def test_every_phrase_is_found_in_all_its_spellings() -> None:
    spelt = [(spelling, row) for row in ROWS for spelling in spellings(row[2], row[1])]
    columns = np.array([*phrases(read_batch(["\n".join([spelling for spelling, _ in spelt])]))])
    family_of = {meaning: row for row, meanings in enumerate(FAMILIES.values()) for meaning in meanings}
    missed = [text for place, (text, row) in enumerate(spelt) if columns[family_of[row[0]], place] != 4]
    assert not missed


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Read also", {"related": 4}),
        ("BACA JUGA: Banjir di Jakarta", {"related": 3}),
        ("• Read more »", {"related": 4}),
        ("Artikel Terkait", {"related": 4}),
        ("İLGİLİ HABERLER", {"related": 4}),
        ("İlgili Haberler", {"related": 4}),
        ("Kaynak: AA", {"people": 3}),
        ("ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ", {"related": 4}),
        ("Διαβάστε επίσης: Βροχές", {"related": 3}),
        ("อ่านเพิ่มเติม", {"related": 4}),
        ("ข่าวที่เกี่ยวข้องกับน้ำท่วม", {"related": 3}),
        ("相关阅读", {"related": 4}),
        ("責任編輯：王小明", {"people": 3}),
        ("関連記事", {"related": 4}),
        ("اقرأ أيضاً: أمطار غزيرة", {"related": 3}),
        ("بيشتر بخوانيد", {"related": 4}),
        ("קראו גם", {"related": 4}),
        ("Xem thêm", {"related": 4}),
        ("यह भी पढ़ें", {"related": 4}),
        ("Citeşte şi: ploi", {"related": 3}),
        ("SCHLIESSEN", {}),
        ("Foto: Reuters", {"picture": 3}),
        ("Foto Reuters", {"picture": 2}),
        ("Фото: Река", {"picture": 3}),
        ("By Ann Lee", {"people": 2}),
        ("By Ann Lee, who has seen many rivers rise", {}),
        ("By Ann Lee, who has seen: many rivers", {"people": 3}),
        ("Photo of a river that is higher than last week", {"picture": 2}),
        ("Photo of a river " + "that is higher " * 7, {}),
        ("Photo: a river " + "that is higher " * 7, {}),
        ("3 min read", {"tools": 1}),
        ("A river in my photo", {}),
        ("River", {}),
        ("§ §", {}),
    ],
)
def test_lines(line: str, found: dict[str, int]) -> None:
    assert found_on(line) == [found]


def test_the_strongest_of_several_phrases_counts() -> None:
    assert found_on("More stories", "More stories about rain") == [{"related": 4}, {"related": 3}]


def test_a_phrase_does_not_go_on_in_the_next_line() -> None:
    assert found_on("Read", "also", "Rain") == [{}, {}, {}]


def test_pages_without_words() -> None:
    for texts in ([], [""], ["\n"], ["--\n--"]):
        assert len(find_cues(read_batch(texts)).row) == 0
