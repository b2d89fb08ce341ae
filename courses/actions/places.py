"""Where somebody stands in the course, and how they like to read it."""

from django.db import transaction

from courses.models import EditionModule, Enrollment, ModuleProgress


@transaction.atomic
def keep(*, enrollment: Enrollment, module: EditionModule, block_id: str) -> bool:
    """The block that somebody reads now, to come back to on whichever device; whether it is one of the module's and
    the module was opened. It credits nothing and marks nothing as read."""
    step = module.step_of(block_id)
    progress = ModuleProgress.objects.filter(enrollment=enrollment, module=module)
    if not enrollment.one_page:
        # Said by a page that was turned meanwhile, on a slow line: it is no longer where they are.
        progress = progress.filter(step=step)
    return bool(step and progress.update(step=step, block_id=block_id))


@transaction.atomic
def choose_way(*, enrollment: Enrollment, one_page: bool) -> None:
    """Modules on one page, or step by step. Not an event: how somebody reads is nobody else's business."""
    Enrollment.objects.filter(pk=enrollment.pk).update(one_page=one_page)
