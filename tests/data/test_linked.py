"""Files that other files name, which VTK and XDMF follow."""

import pytest

from rom.data.formats.mesh.names import check_named
from rom.data.formats.xdmf.document import Document
from rom.errors import InputError

PVD = '<VTKFile><Collection><DataSet timestep="0" file="{}"/></Collection></VTKFile>'
CASE = "FORMAT\ntype: ensight gold\nGEOMETRY\nmodel: 1 {}\n"
ITEM = '<Xdmf><DataItem Format="HDF" Dimensions="3">{}:/u</DataItem></Xdmf>'


@pytest.mark.parametrize(("name", "text"), [("a.pvd", PVD), ("a.case", CASE)])
def test_files_of_meshes_stay_in_the_folder(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text.format("steps/t_0.vtu"))
    check_named(path)
    for other in ("../t_0.vtu", "/etc/hosts"):
        path.write_text(text.format(other))
        with pytest.raises(InputError, match=r"leads to .*out of the file's folder"):
            check_named(path)


def test_heavy_data_of_xdmf_stay_in_the_folder(tmp_path, monkeypatch):
    path = tmp_path / "own" / "a.xdmf"
    path.parent.mkdir()
    path.write_text(ITEM.format("../b.h5"))
    (item,) = Document(path).root
    with pytest.raises(InputError, match=r"the file '\.\./b\.h5' that it names leads to"):
        Document(path).items(item)
    monkeypatch.setenv("ROM_LINKED_FOLDERS", str(tmp_path))
    assert Document(path).items(item)[0].dataset == "u"
