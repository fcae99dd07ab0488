"""``mmhub support``: a bundle for somebody who helps."""

from pathlib import Path

import click

from mmhub_desktop.cli.face import Face, opened, run
from mmhub_desktop.support.bundle import make_bundle


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-texts", is_flag=True, help="Product texts too; else they are replaced by length and hash.")
@click.pass_obj
def support(face: Face, file: Path, with_texts: bool) -> int:
    """Write a support bundle (ZIP): versions, settings, figures, the last failed jobs, logs; keys are removed."""

    async def work() -> None:
        async with opened(face) as workspace:
            names = await make_bundle(workspace, file, with_texts=with_texts)
            face.say({"file": file, "contents": names}, lambda: f"{file} holds: {', '.join(names)}.")

    return run(work())
