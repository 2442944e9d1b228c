"""Lists that a server keeps: the same as read anew, and no longer than their files stay as they were."""

import os

import pyarrow as pa

from entrepot.screening.lists import read_lists
from entrepot.screening.shelf import Kept


def searched(shelf, lists, threshold):
    names = pa.table({"name": ["Invented Avionics Elsewhere"], "kind": ["organization"]})
    with shelf.index(lists, threshold) as index:
        return index.search(names).to_pylist()


def test_lists_and_their_index_are_kept_until_a_file_changes(tmp_path):
    (tmp_path / "own.csv").write_text("name\nInvented Avionics JSC\n")
    words, store, shelf = [str(tmp_path / "own.csv")], tmp_path / "store", Kept()
    first = shelf.lists(words, store)
    found = searched(shelf, first, 0.4)
    assert [row["listed_name"] for row in found] == ["Invented Avionics JSC"]
    index = shelf._index._listed
    assert shelf.lists(words, store) is first
    assert searched(shelf, first, 0.99) == []  # another threshold, the same index
    assert shelf._index._listed is index
    (tmp_path / "own.csv").write_text("name\nPretend Motors\n")
    os.utime(tmp_path / "own.csv", (1, 1))
    second = shelf.lists(words, store)
    assert [one.sha256 for one in second] == [one.sha256 for one in read_lists(words, store)]
    assert searched(shelf, second, 0.4) == []
    assert shelf._index._listed is not index


def test_a_list_of_several_files_is_read_again_when_any_changes(tmp_path):
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "a.csv").write_text("name\nInvented Avionics JSC\n")
    shelf = Kept()
    assert len(shelf.lists([str(folder)], tmp_path)) == 1
    (folder / "b.csv").write_text("name\nPretend Motors\n")
    assert len(shelf.lists([str(folder)], tmp_path)) == 2


def test_lists_that_are_not_the_kept_ones_are_searched_all_the_same(tmp_path):
    (tmp_path / "own.csv").write_text("name\nInvented Avionics JSC\n")
    other = read_lists([str(tmp_path / "own.csv")], tmp_path)
    assert len(searched(Kept(), other, 0.4)) == 1
