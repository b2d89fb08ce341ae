from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "lms.files"
    label = "files"

    def ready(self) -> None:
        from lms.files import actions, keeping, models, shelves

        keeping.register()
        shelves.register("files", shelves.Shelf(models.root, actions.living_names))
