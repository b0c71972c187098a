"""The one file that a backup is: a tar with a manifest and what the manifest names."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import IO

from matinee.backups.errors import BackupDamaged
from matinee.backups.manifest import Manifest, StoredFile, read_manifest

MANIFEST = "manifest.json"
MANIFEST_BYTES_MAX = 4 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024


def describe(file: Path) -> StoredFile:
    """The size of a file and its SHA-256."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256")
    return StoredFile(file.stat().st_size, digest.hexdigest())


def write_archive(target: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write the backup, manifest first. Raises OSError."""
    with tarfile.open(target, "x", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, MANIFEST, BytesIO(manifest.to_json()), len(manifest.to_json()), manifest)
        for name, file in files.items():
            with file.open("rb") as content:
                _add(archive, name, content, file.stat().st_size, manifest)


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int, manifest: Manifest) -> None:
    # Nothing of the machine gets in: no owner, no path.
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(manifest.made_at.timestamp())
    archive.addfile(entry, content)


def unpack_archive(source: Path, target: Path) -> Manifest:
    """Put the files of a backup into the folder `target` and return the manifest; all of them are as it says.

    Raises BackupDamaged.
    """
    try:
        with tarfile.open(source, "r:") as archive:
            manifest = _first(archive)
            found = set()
            while (entry := archive.next()) is not None:
                if not entry.isreg() or entry.name not in manifest.files or entry.name in found:
                    raise BackupDamaged(
                        f"The backup has something in it that its manifest does not name: {entry.name!r}."
                    )
                found.add(entry.name)
                _unpack(archive, entry, target / entry.name, manifest.files[entry.name])
    except tarfile.TarError as error:
        raise BackupDamaged(f"This is no backup of Matinee, or it is not whole: {error}.") from error
    missing = manifest.files.keys() - found
    if missing:
        raise BackupDamaged(f"The backup is not whole: {', '.join(sorted(missing))} is missing.")
    return manifest


def _first(archive: tarfile.TarFile) -> Manifest:
    entry = archive.next()
    if entry is None or entry.name != MANIFEST or not entry.isreg() or entry.size > MANIFEST_BYTES_MAX:
        raise BackupDamaged("This is no backup of Matinee: it does not begin with a manifest.")
    content = archive.extractfile(entry)
    assert content is not None
    manifest = read_manifest(content.read())
    if any("/" in name or name.startswith(".") for name in manifest.files):
        raise BackupDamaged("The manifest of the backup names a file outside of it.")
    return manifest


def _unpack(archive: tarfile.TarFile, entry: tarfile.TarInfo, target: Path, expected: StoredFile) -> None:
    content = archive.extractfile(entry)
    assert content is not None
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        target.chmod(0o600)
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    if (size, digest.hexdigest()) != (expected.size_bytes, expected.sha256):
        raise BackupDamaged(f"The backup is damaged: {entry.name} is not what its manifest says.")
