"""The work itself: one file for each action, declared as tasks for the engine."""

from collections.abc import Mapping

from mmhub_desktop.actions.adopt import ADOPT
from mmhub_desktop.actions.enhance import ENHANCE
from mmhub_desktop.actions.import_images import IMPORT_IMAGES
from mmhub_desktop.actions.picture_fixing import FIX_PICTURES
from mmhub_desktop.actions.publish import PUBLISH
from mmhub_desktop.actions.relist import RELIST
from mmhub_desktop.actions.renew_sign_in import RENEW_SIGN_IN
from mmhub_desktop.actions.sync import SYNC
from mmhub_desktop.actions.update import UPDATE
from mmhub_desktop.actions.withdraw import END
from mmhub_desktop.jobs.action import Action

ACTIONS: Mapping[str, Action] = {
    action.name: action
    for action in (
        ENHANCE, IMPORT_IMAGES, FIX_PICTURES, PUBLISH, UPDATE, END, RELIST, SYNC, ADOPT, RENEW_SIGN_IN,
    )
}  # fmt: skip
