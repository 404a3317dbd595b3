# SPDX-License-Identifier: EUPL-1.2
import shutil
from pathlib import Path

from django.contrib.staticfiles import finders

from carene.ui.storage import HashedStorage

FILES = ("carene/app.js", "carene/assessments-save.js", "carene/assessments-list.js", "carene/assessments-question.js")


def test_modules_import_each_other_under_the_names_of_the_manifest(tmp_path: Path) -> None:
    """Otherwise the page's own script would run twice: once under each of its names."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(str(finders.find(name)), tmp_path / name)
    storage = HashedStorage(location=str(tmp_path), base_url="/static/")
    done = {name: hashed for name, hashed, _ in storage.post_process({name: (storage, name) for name in FILES})}
    saver = (tmp_path / done["carene/assessments-save.js"]).read_text()
    assert f'from "./{Path(done["carene/app.js"]).name}"' in saver
    for name in FILES[2:]:
        assert f'from "./{Path(done["carene/assessments-save.js"]).name}"' in (tmp_path / done[name]).read_text()
