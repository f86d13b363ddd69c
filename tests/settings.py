"""Django's settings for tests: netviz's own, with a state folder that is deleted after the run."""

import atexit
import os
import shutil
import tempfile

if "NETVIZ_STATE_DIR" not in os.environ:
    _folder = tempfile.mkdtemp(prefix="nvt-state-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
    os.environ["NETVIZ_STATE_DIR"] = _folder

from netviz.settings import *  # noqa: F403

# A slow hash is right for passwords, but not for tests.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
