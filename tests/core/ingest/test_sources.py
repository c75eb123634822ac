"""Folders, manifests, archives and uploads as sources."""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.errors import UserError
from core.ingest.entries import Details, Entry, Found, Source
from core.ingest.sources import open_source, open_uploads
from core.ingest.uploads import Upload
from core.models import Remark, Skipped
from core.settings import ImageSettings, IngestSettings, Settings

SETTINGS = Settings(images=ImageSettings(max_bytes=1000))


def fill(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes], mode: str = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def taken(source: Source) -> tuple[dict[str, bytes], dict[str, str]]:
    """What can be read, and the reasons for the rest; checks the count on the way."""
    read: dict[str, bytes] = {}
    skipped: dict[str, str] = {}
    announced = source.count()
    found: list[Found] = list(source)
    for each in found:
        if isinstance(each, Entry):
            try:
                read[each.name] = each.read()
            except UserError as error:
                skipped[each.name] = error.reason
        elif isinstance(each, Skipped):
            skipped[each.name] = each.reason
            assert each.reason.endswith((".", ")"))
    assert announced == sum(1 for each in found if not isinstance(each, Remark))
    source.close()
    return read, skipped


class TestFolder:
    def test_recursive_and_in_order(self, tmp_path: Path) -> None:
        fill(tmp_path, {"b.jpg": b"2", "a.png": b"1", "sub/c d.webp": b"3", "Ü/é": b"4"})
        read, skipped = taken(open_source(tmp_path, SETTINGS))
        assert list(read) == ["a.png", "b.jpg", "sub/c d.webp", "Ü/é"]
        assert read["sub/c d.webp"] == b"3"
        assert skipped == {}

    def test_system_files_are_not_worth_a_word_and_all_else_is(self, tmp_path: Path) -> None:
        junk = {".DS_Store": b"x", "Thumbs.db": b"x", "__MACOSX/._a.jpg": b"x", "sub/._a.jpg": b"x", "Desktop.ini": b""}
        fill(tmp_path, {**junk, "a.zip": b"PK", "t.csv": b"image\n", ".git/config": b"x", "readme.txt": b"hello"})
        (tmp_path / "link.jpg").symlink_to("readme.txt")
        (tmp_path / "way").symlink_to("sub")
        os.mkfifo(tmp_path / "pipe")
        read, skipped = taken(open_source(tmp_path, SETTINGS))
        assert read == {"readme.txt": b"hello"}
        assert set(skipped) == {"a.zip", "t.csv", ".git/", "link.jpg", "way/", "pipe"}

    def test_the_programs_own_pictures_are_no_products(self, tmp_path: Path) -> None:
        fill(tmp_path, {"a.jpg": b"1", "deep/data/pictures/aa/asked": b"private", "deep/b.jpg": b"2"})
        settings = SETTINGS.model_copy(update={"data_dir": tmp_path / "deep" / "data"})
        read, skipped = taken(open_source(tmp_path, settings))
        assert list(read) == ["a.jpg", "deep/b.jpg"]
        assert skipped == {"deep/data/": "It is the program's own data folder."}

    def test_a_huge_file_is_not_read_whole(self, tmp_path: Path) -> None:
        fill(tmp_path, {"a.jpg": b"x" * 5000})
        read, _ = taken(open_source(tmp_path, SETTINGS))
        assert len(read["a.jpg"]) == 1001

    def test_a_folder_that_is_a_link_itself(self, tmp_path: Path) -> None:
        fill(tmp_path / "real", {"a.jpg": b"1"})
        (tmp_path / "link").symlink_to("real")
        read, _ = taken(open_source(tmp_path / "link", SETTINGS))
        assert list(read) == ["a.jpg"]


class TestManifest:
    def test_pictures_are_found_beside_it_and_in_a_folder_of_its_name(self, tmp_path: Path) -> None:
        fill(tmp_path, {"a.jpg": b"1", "catalog/b.jpg": b"2", "photos/x/c.jpg": b"3", "other/d": b"4"})
        fill(tmp_path, {"catalog.csv": b"image,title\na.jpg,A\nb.jpg,B\nx/c.jpg,C\nphotos\\x\\c.jpg,C2\n./a.jpg,A2\n"})
        source = open_source(tmp_path / "catalog.csv", SETTINGS)
        entries = [each for each in source if isinstance(each, Entry)]
        assert [(each.name, each.read()) for each in entries] == [
            ("a.jpg", b"1"),
            ("b.jpg", b"2"),
            ("x/c.jpg", b"3"),
            ("photos/x/c.jpg", b"3"),
            ("a.jpg", b"1"),
        ]
        assert entries[0].details == Details(title="A")
        assert entries[0].label == "a.jpg (line 2)"

    def test_a_path_may_lead_anywhere_on_the_own_machine(self, tmp_path: Path) -> None:
        elsewhere = fill(tmp_path / "elsewhere", {"a.jpg": b"1", "b.jpg": b"2", "c.jpg": b"3"})
        fill(tmp_path / "here", {"x/nothing": b"", "elsewhere/b.jpg": b"another"})
        (tmp_path / "here/link.jpg").symlink_to(elsewhere / "c.jpg")
        rows = [str(elsewhere / "a.jpg"), "../elsewhere/b.jpg", "link.jpg"]
        fill(tmp_path / "here", {"m.csv": "\n".join(["image", *rows, "../elsewhere/gone.jpg", "/gone.jpg"]).encode()})
        read, skipped = taken(open_source(tmp_path / "here/m.csv", SETTINGS))
        assert read == dict(zip(rows, (b"1", b"2", b"3"), strict=True))
        assert sorted(skipped) == ["../elsewhere/gone.jpg (line 5)", "/gone.jpg (line 6)"]

    def test_every_row_without_a_picture_has_a_reason(self, tmp_path: Path) -> None:
        fill(tmp_path, {"in/one/twice.jpg": b"1", "in/two/twice.jpg": b"2", "in/a.jpg": b"1"})
        (tmp_path / "in/link.jpg").symlink_to(tmp_path / "gone.jpg")
        (tmp_path / "in/b").mkdir()
        rows = [
            "image,title", "a.jpg,fine", "../a.jpg,elsewhere", "twice.jpg,ambiguous", "link.jpg,link to nothing",
            "gone.jpg,missing", ",empty", "https://shop.example/a.jpg,address", "b,folder", "a.jpg,too,many", "\0,nul",
            'file:///etc/passwd,address', f"{'x' * 300}.jpg,no name can be so long", '"quote', "a.jpg,fine again",
        ]  # fmt: skip
        fill(tmp_path, {"in/m.csv": "\n".join(rows).encode()})
        source = open_source(tmp_path / "in/m.csv", SETTINGS)
        found = list(source)
        assert [each.details.title for each in found if isinstance(each, Entry) and each.details] == [
            "fine",
            "fine again",
        ]
        reasons = {each.name: each.reason for each in found if isinstance(each, Skipped)}
        assert len(reasons) == 12
        assert "no such file" in reasons["../a.jpg (line 3)"]
        assert "Several folders hold it: one, two." in reasons["twice.jpg (line 4)"]
        assert "no such file" in reasons["link.jpg (line 5)"]
        assert "no such file" in reasons["gone.jpg (line 6)"]
        assert "names no picture" in reasons["m.csv (line 7)"]
        assert "not fetched from the web" in reasons["https://shop.example/a.jpg (line 8)"]

    def test_each_json_row_has_its_own_columns(self, tmp_path: Path) -> None:
        rows = [
            '{"title": "no picture"}',
            '{"image": "a.jpg", "title": "A"}',
            '{"image": "b.jpg", "name": "B", "price": 5, "tags": ["new"]}',
            '{"foto": "c.jpg", "title": "C", "price": "6 €"}',
        ]
        fill(tmp_path, {"a.jpg": b"1", "b.jpg": b"2", "c.jpg": b"3", "m.jsonl": "\n".join(rows).encode()})
        found = list(open_source(tmp_path / "m.jsonl", SETTINGS))
        assert [each.details for each in found if isinstance(each, Entry)] == [
            Details(title="A"),
            Details(title="B", price=5.0, tags=("new",)),
            Details(title="C", price=6.0, currency="EUR"),
        ]
        assert [each.name for each in found if isinstance(each, Skipped)] == ["m.jsonl (line 1)"]
        named = open_source(tmp_path / "m.jsonl", SETTINGS, {"image": "foto", "title": "price"})
        assert [each.details and each.details.title for each in named if isinstance(each, Entry)] == ["A", "5", "6 €"]
        with pytest.raises(UserError, match="no column 'bild'"):
            open_source(tmp_path / "m.jsonl", SETTINGS, {"image": "bild"})

    def test_a_picture_in_two_folders_is_ambiguous(self, tmp_path: Path) -> None:
        fill(tmp_path, {"one/a.jpg": b"1", "two/a.jpg": b"2", "m.csv": b"image\na.jpg\n"})
        _, skipped = taken(open_source(tmp_path / "m.csv", SETTINGS))
        assert skipped == {"a.jpg (line 2)": "Several folders hold it: one, two."}

    def test_json_rows_with_names_of_their_own_and_lists(self, tmp_path: Path) -> None:
        lines = '{"image": "a.jpg"}\n{"photo": ["b.jpg", "c.jpg"], "name": "B"}\n{"image": 3}\n{"title": "x"}\n'
        lines += '{"image": {}}'
        fill(tmp_path, {"a.jpg": b"1", "b.jpg": b"2", "m.jsonl": lines.encode()})
        found = list(open_source(tmp_path / "m.jsonl", SETTINGS))
        entries = [each for each in found if isinstance(each, Entry)]
        assert [each.name for each in entries] == ["a.jpg", "b.jpg"]
        assert entries[1].remarks == ("It names 2 pictures; the first was taken.",)
        assert [each.name for each in found if isinstance(each, Skipped)] == [
            "m.jsonl (line 3)",
            "m.jsonl (line 4)",
            "m.jsonl (line 5)",
        ]

    def test_a_guessed_encoding_is_told(self, tmp_path: Path) -> None:
        fill(tmp_path, {"a.jpg": b"1", "m.csv": "image,title\na.jpg,Hüte\n".encode("cp1252")})
        found = list(open_source(tmp_path / "m.csv", SETTINGS))
        assert found[0] == Remark("m.csv", "It is not UTF-8; it was read as Windows-1252.")

    def test_columns_can_be_named(self, tmp_path: Path) -> None:
        fill(tmp_path, {"a.jpg": b"1", "m.csv": b"datei;was\na.jpg;Hut\n"})
        with pytest.raises(UserError, match="--column image=NAME"):
            open_source(tmp_path / "m.csv", SETTINGS)
        source = open_source(tmp_path / "m.csv", SETTINGS, {"image": "datei", "title": "was"})
        assert [each.details for each in source if isinstance(each, Entry)] == [Details(title="Hut")]


MEMBERS = {"shop/a.jpg": b"1", "shop/sub/b.jpg": b"2", "__MACOSX/shop/._a.jpg": b"x", "shop/.DS_Store": b"x"}
ARCHIVES = {
    "a.zip": zipped,
    "a.tar": tarred,
    "a.tar.gz": lambda files: tarred(files, "w:gz"),
    "a.tgz": lambda files: tarred(files, "w:gz"),
    "a.tar.bz2": lambda files: tarred(files, "w:bz2"),
    "a.tar.xz": lambda files: tarred(files, "w:xz"),
}


@pytest.fixture(params=ARCHIVES)
def archive_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def archived(folder: Path, name: str, files: Mapping[str, bytes]) -> Source:
    (folder / name).write_bytes(ARCHIVES[name](files))
    return open_source(folder / name, SETTINGS)


class TestArchive:
    def test_pictures(self, tmp_path: Path, archive_name: str) -> None:
        read, skipped = taken(archived(tmp_path, archive_name, MEMBERS))
        assert read == {"shop/a.jpg": b"1", "shop/sub/b.jpg": b"2"}
        assert skipped == {}

    def test_manifest_speaks_for_its_folder(self, tmp_path: Path, archive_name: str) -> None:
        table = b"image,title\nsub/b.jpg,B\nA.JPG,A\nb.jpg,again\ngone.jpg,G\n../x.jpg,\n../../x.jpg,\n/x.jpg,\n"
        files = {**MEMBERS, "shop/unlisted.jpg": b"3", "x.jpg": b"4", "y.jpg": b"5", "shop/m.csv": table}
        read, skipped = taken(archived(tmp_path, archive_name, files))
        assert list(read) == ["shop/a.jpg", "shop/sub/b.jpg", "x.jpg", "y.jpg"]
        assert set(skipped) == {"gone.jpg (line 5)", "../../x.jpg (line 7)", "/x.jpg (line 8)", "shop/unlisted.jpg"}
        assert "shop/m.csv does not name it" in skipped["shop/unlisted.jpg"]

    def test_details_reach_the_entries_in_the_order_of_the_archive(self, tmp_path: Path, archive_name: str) -> None:
        table = b'{"image": "b.jpg", "title": "B", "price": "1,50 EUR"}\n{"image": "a.jpg", "title": "A"}'
        source = archived(tmp_path, archive_name, {"a.jpg": b"1", "b.jpg": b"2", "m.jsonl": table})
        assert [(each.name, each.details) for each in source if isinstance(each, Entry)] == [
            ("a.jpg", Details(title="A")),
            ("b.jpg", Details(title="B", price=1.5, currency="EUR")),
        ]

    def test_tables_that_are_no_manifest_and_nested_archives_are_named(self, tmp_path: Path, archive_name: str) -> None:
        files = {"a.jpg": b"1", "sales.csv": b"month,sum\n1,2\n", "more.zip": b"PK", "big.csv": b"\xff\xfe\x00\xd8\x00"}
        read, skipped = taken(archived(tmp_path, archive_name, files))
        assert read == {"a.jpg": b"1"}
        assert set(skipped) == {"sales.csv", "more.zip", "big.csv"}
        assert "'month', 'sum'" in skipped["sales.csv"]
        assert "archive" in skipped["more.zip"]

    def test_names_that_lead_outside(self, tmp_path: Path, archive_name: str) -> None:
        files = {"../a.jpg": b"1", "/etc/a.jpg": b"2", "x/../../b.jpg": b"3", "C:\\a.jpg": b"4", "x/../ok.jpg": b"5"}
        read, skipped = taken(archived(tmp_path, archive_name, files))
        assert read == {"ok.jpg": b"5"}
        assert all("outside" in reason for reason in skipped.values())
        assert len(skipped) == 4

    def test_windows_names(self, tmp_path: Path, archive_name: str) -> None:
        files = {"shop\\sub\\a.jpg": b"1", "shop\\m.csv": b"image,title\nsub\\a.jpg,A\n"}
        read, skipped = taken(archived(tmp_path, archive_name, files))
        assert read == {"shop/sub/a.jpg": b"1"}
        assert skipped == {}

    def test_too_many_files(self, tmp_path: Path, archive_name: str) -> None:
        path = tmp_path / archive_name
        path.write_bytes(ARCHIVES[archive_name]({str(number): b"" for number in range(11)}))
        with pytest.raises(UserError, match="more than 10 files"):
            open_source(path, Settings(ingest=IngestSettings(max_archive_files=10)))

    def test_a_bomb_stops_at_the_limit_and_its_neighbours_are_taken(self, tmp_path: Path, archive_name: str) -> None:
        path = tmp_path / archive_name
        files = {"a.jpg": b"1", **{f"bomb{number}.jpg": bytes(50_000_000) for number in range(2)}, "z.jpg": b"2"}
        path.write_bytes(ARCHIVES[archive_name](files))
        settings = Settings(ingest=IngestSettings(max_archive_bytes=30_000_000))
        read, skipped = taken(open_source(path, settings))
        assert read["a.jpg"] == b"1"
        assert "z.jpg" not in read
        assert any("unpacks to more than 30 MB" in reason for reason in skipped.values())

    def test_a_large_member_is_not_read_whole(self, tmp_path: Path, archive_name: str) -> None:
        read, _ = taken(archived(tmp_path, archive_name, {"a.jpg": bytes(5_000_000)}))
        assert len(read["a.jpg"]) == 1001

    @pytest.mark.parametrize("data", [b"", b"PK", b"\x1f\x8b", b"hello, world", b"\x1f\x8b\x08" + b"\0" * 400])
    def test_what_is_no_archive_is_told(self, tmp_path: Path, archive_name: str, data: bytes) -> None:
        (tmp_path / archive_name).write_bytes(data)
        with pytest.raises(UserError, match="damaged"):
            open_source(tmp_path / archive_name, SETTINGS)


class TestZip:
    def test_encrypted_links_and_damaged_members_cost_only_themselves(self, tmp_path: Path) -> None:
        link = zipfile.ZipInfo("link.jpg")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.jpg", b"1")
            archive.writestr("damaged.jpg", b"NEEDLE")
            archive.writestr("locked.jpg", b"2")
            archive.writestr(link, b"/etc/passwd")
            archive.writestr("z.jpg", b"3")
        data = path.read_bytes().replace(b"NEEDLE", b"HAMMER")
        central = data.rindex(b"locked.jpg") - 46
        path.write_bytes(data[: central + 8] + b"\x01" + data[central + 9 :])
        read, skipped = taken(open_source(path, SETTINGS))
        assert read == {"a.jpg": b"1", "z.jpg": b"3"}
        assert skipped == {
            "damaged.jpg": "It is damaged inside the archive.",
            "locked.jpg": "It is encrypted.",
            "link.jpg": "It is a link.",
        }

    def test_a_name_that_comes_twice(self, tmp_path: Path) -> None:
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.jpg", b"1")
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.writestr("a.jpg", b"2")
        read, skipped = taken(open_source(path, SETTINGS))
        assert read == {"a.jpg": b"1"}
        assert "twice" in skipped["a.jpg"]


class TestTar:
    def test_links_and_devices(self, tmp_path: Path) -> None:
        path = tmp_path / "a.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            for name, kind in (("s.jpg", tarfile.SYMTYPE), ("h.jpg", tarfile.LNKTYPE), ("d.jpg", tarfile.CHRTYPE)):
                info = tarfile.TarInfo(name)
                info.type = kind
                info.linkname = "/etc/passwd"
                archive.addfile(info)
            archive.addfile(tarfile.TarInfo("a.jpg"))
        read, skipped = taken(open_source(path, SETTINGS))
        assert read == {"a.jpg": b""}
        assert set(skipped) == {"s.jpg", "h.jpg", "d.jpg"}

    @pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz"])
    def test_what_comes_before_a_break_is_taken(self, tmp_path: Path, name: str) -> None:
        files = {f"{number}.jpg": os.urandom(900) for number in range(2_000)}
        data = ARCHIVES[name](files)
        (tmp_path / name).write_bytes(data[: len(data) * 9 // 10])
        read, skipped = taken(open_source(tmp_path / name, SETTINGS))
        assert 500 < len(read) < 1_900
        assert all(files[each] == data for each, data in read.items())
        assert any("breaks off" in reason for reason in skipped.values())

    def test_a_header_of_absurd_size_is_refused(self, tmp_path: Path) -> None:
        info = tarfile.TarInfo("x")
        info.type, info.size = tarfile.XHDTYPE, 7_000_000_000
        (tmp_path / "a.tar.gz").write_bytes(gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + bytes(100_000)))
        with pytest.raises(UserError, match="damaged"):
            open_source(tmp_path / "a.tar.gz", SETTINGS)


class TestUploads:
    def test_a_manifest_finds_pictures_beside_it_and_in_an_archive(self) -> None:
        uploads = [
            Upload("folder/m.csv", b"image,title\na.jpg,A\nb.jpg,B\n"),
            Upload("folder/a.jpg", b"1"),
            Upload("photos.zip", zipped({"deep/b.jpg": b"2", "x.txt": b"3"})),
            Upload("single.png", b"4", Details(title="S")),
        ]
        source = open_uploads(uploads, SETTINGS)
        entries = {each.name: each for each in source if isinstance(each, Entry)}
        assert {name: each.details.title if each.details else None for name, each in entries.items()} == {
            "folder/a.jpg": "A",
            "photos.zip/deep/b.jpg": "B",
            "photos.zip/x.txt": None,
            "single.png": "S",
        }
        assert entries["photos.zip/deep/b.jpg"].read() == b"2"

    def test_pasted_pictures_of_one_name_are_all_kept(self) -> None:
        read, _ = taken(open_uploads([Upload("image.png", bytes([each])) for each in range(3)], SETTINGS))
        assert read == {"image.png": b"\0", "image (2).png": b"\1", "image (3).png": b"\2"}

    @pytest.mark.parametrize("name", ["../../etc/a.jpg", "/a.jpg", "C:\\x\\a.jpg", "..\\a.jpg", "a.jpg", "a\0.jpg"])
    def test_names_are_tamed(self, name: str) -> None:
        read, _ = taken(open_uploads([Upload(name, b"1")], SETTINGS))
        assert read == {"a.jpg": b"1"}

    @pytest.mark.parametrize("name", ["", "..", ".", "/", "\0"])
    def test_names_that_are_none(self, name: str) -> None:
        read, _ = taken(open_uploads([Upload(name, b"1")], SETTINGS))
        assert read == {"file": b"1"}

    def test_files_on_disk_are_read_in_their_turn(self, tmp_path: Path) -> None:
        fill(tmp_path, {"1": b"1", "2": zipped({"b.jpg": b"2"}), "3": b"image,title\nb.jpg,B\n"})
        uploads = [Upload("a.jpg", tmp_path / "1"), Upload("p.zip", tmp_path / "2"), Upload("gone.jpg", tmp_path / "4")]
        read, skipped = taken(open_uploads([*uploads, Upload("gone.zip", tmp_path / "5")], SETTINGS))
        assert read == {"a.jpg": b"1", "p.zip/b.jpg": b"2"}
        assert set(skipped) == {"gone.jpg", "gone.zip"}

    def test_a_broken_archive_costs_no_neighbour(self) -> None:
        read, skipped = taken(open_uploads([Upload("a.zip", b"PKxx"), Upload("a.jpg", b"1")], SETTINGS))
        assert read == {"a.jpg": b"1"}
        assert "a.zip" in skipped["a.zip"]


class TestOpen:
    def test_a_single_picture(self, tmp_path: Path) -> None:
        fill(tmp_path, {"a.jpg": b"1"})
        read, _ = taken(open_source(tmp_path / "a.jpg", SETTINGS))
        assert read == {"a.jpg": b"1"}

    def test_nothing_there(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="no file or folder"):
            open_source(tmp_path / "gone", SETTINGS)

    def test_neither_file_nor_folder(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(UserError, match="neither"):
            open_source(tmp_path / "pipe", SETTINGS)

    def test_a_spreadsheet_is_told_from_a_picture(self, tmp_path: Path) -> None:
        fill(tmp_path, {"a.xlsx": b"PK", "b.jpg": b"1"})
        with pytest.raises(UserError) as caught:
            open_source(tmp_path / "a.xlsx", SETTINGS)
        assert "CSV" in caught.value.advice
        assert taken(open_source(tmp_path, SETTINGS))[1] == {"a.xlsx": "It is a spreadsheet."}

    @pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
    def test_no_permission(self, tmp_path: Path) -> None:
        path = fill(tmp_path, {"a.csv": b"image\n"}) / "a.csv"
        path.chmod(0)
        with pytest.raises(UserError, match="can't be read"):
            open_source(path, SETTINGS)
