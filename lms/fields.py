"""Model fields of ours."""

import json
from typing import Any

from django import forms
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from lms import crypto


class _Opened(DeferredAttribute):
    """Reads as text; opened when it is first asked for, so that a list which does not show it needs no key."""

    def __get__(self, instance: models.Model | None, cls: type | None = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not isinstance(value, bytes | memoryview):
            return value
        opened = self.field.unseal(instance, bytes(value))  # type: ignore[attr-defined]
        instance.__dict__[self.field.attname] = opened
        return opened

    # With these it is asked also when the row's own dictionary holds something, as it does once a row was fetched.
    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value

    def __delete__(self, instance: models.Model) -> None:
        del instance.__dict__[self.field.attname]


class SealedTextField(models.BinaryField):
    """Text, sealed in the database under the key of the row's ``subject`` (a UUID attribute of the model).

    Bound to its place: model, field and primary key, which must therefore be known before the row is saved
    (a UUID). It cannot be filtered by. Reading raises crypto.KeyMissing or crypto.Tampered; a value that was
    never read is written back as it stands.
    """

    descriptor_class = _Opened
    empty_values = [None, b"", ""]
    # What mypy takes the attribute of a row for.
    _pyi_private_set_type: Any
    _pyi_private_get_type: str  # type: ignore[assignment]

    def __init__(self, *args: Any, zone: str = "identity", form_class: type[forms.Field] = forms.CharField, **kw: Any):
        kw.setdefault("editable", True)
        self.zone, self.form_class = zone, form_class
        super().__init__(*args, **kw)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, {**kwargs, "zone": self.zone}

    def place(self, row: models.Model) -> str:
        return self.place_of(row.pk)

    def place_of(self, pk: Any) -> str:
        return f"{self.model._meta.label_lower}.{self.name}:{pk}"

    def unseal(self, row: Any, token: bytes) -> Any:
        if not token:
            return self.nothing()
        return self.from_text(crypto.decrypt(token, subject=row.subject, place=self.place(row), zone=self.zone))

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        if self.attname not in model_instance.__dict__:
            # Deferred, and yet to be written: as it stands.
            stored = type(model_instance)._base_manager.filter(pk=model_instance.pk)
            return stored.values_list(self.attname, flat=True).get()
        value = model_instance.__dict__[self.attname]
        if value is None or isinstance(value, bytes | memoryview):
            return value
        if not value:
            return b""
        place, text = self.place(model_instance), self.to_text(value)
        return crypto.encrypt(text, subject=model_instance.subject, place=place, zone=self.zone)

    def nothing(self) -> Any:
        """What an empty column reads as."""
        return ""

    def to_text(self, value: Any) -> str:
        return str(value)

    def from_text(self, text: str) -> Any:
        return text

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not value:
            value = b""
        if value is not None and not isinstance(value, bytes | memoryview):
            raise TypeError(f"{self.name} is sealed: it is written by save() and cannot be looked for")
        return super().get_db_prep_value(value, connection, prepared)

    def get_default(self) -> Any:
        return None if self.null else self.nothing()

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return self.to_text(self.value_from_object(obj) or self.nothing())

    def value_from_object(self, obj: models.Model) -> Any:
        return getattr(obj, self.attname)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            return None
        return super().get_lookup(lookup_name)

    def formfield(self, **kwargs: Any) -> Any:
        options = {"form_class": self.form_class, "max_length": self.max_length} | kwargs
        return models.Field.formfield(self, **{k: v for k, v in options.items() if v is not None})


class SealedListField(SealedTextField):
    """A list of plain values, sealed as :class:`SealedTextField` seals text."""

    empty_values = [None, b"", "", []]
    _pyi_private_get_type: list[str]  # type: ignore[assignment]

    def nothing(self) -> Any:
        return []

    def to_text(self, value: Any) -> str:
        return json.dumps(list(value), ensure_ascii=False)

    def from_text(self, text: str) -> Any:
        return json.loads(text)
