"""The class of what Django, allauth, Wagtail and the others hold. They cannot declare it themselves."""

from lms.keeping import classes

DJANGO = {
    "auth.Group": {"public": "name", "derived": "id permissions"},
    "auth.Group_permissions": {"derived": "id group permission"},
    "auth.Permission": {"public": "name codename", "derived": "id content_type"},
    "contenttypes.ContentType": {"derived": "id app_label model"},
    # A session holds who is signed in, and what a page said to them last.
    "sessions.Session": {"security": "session_key session_data expire_date"},
}
ALLAUTH = {
    "account.EmailAddress": {"identity": "email", "derived": "id user verified primary"},
    "account.EmailConfirmation": {"security": "key", "derived": "id email_address created sent"},
    "mfa.Authenticator": {"security": "type data created_at last_used_at", "derived": "id user"},
    "usersessions.UserSession": {
        "security": "created_at ip last_seen_at session_key user_agent data",
        "derived": "id user",
    },
}
TAGGIT = {
    "taggit.Tag": {"public": "name slug", "derived": "id"},
    "taggit.TaggedItem": {"derived": "id tag content_type object_id"},
}
WAGTAIL = {
    "simple_translation.SimpleTranslation": {"derived": "id"},
    "wagtailadmin.Admin": {"derived": "id"},
    "wagtailadmin.EditingSession": {"derived": "id user content_type object_id last_seen_at is_editing"},
    # What an author had typed and not saved: drafts of stories.
    "wagtailadmin.FormState": {
        "narrative": "data",
        "derived": "id user content_type object_id parent_object_id last_updated_at",
    },
    "wagtailcore.APIToken": {
        "security": "key_hash prefix",
        "derived": "id user name created revoked_at last_used_at",
    },
    "wagtailcore.Collection": {"public": "name", "derived": "id path depth numchild"},
    "wagtailcore.CollectionViewRestriction": {
        "security": "password",
        "derived": "id restriction_type collection groups",
    },
    "wagtailcore.CollectionViewRestriction_groups": {"derived": "id collectionviewrestriction group"},
    # Between authors and reviewers, about a story: as private as the story.
    "wagtailcore.Comment": {
        "narrative": "text",
        "derived": "id page user contentpath position created_at updated_at revision_created resolved_at resolved_by",
    },
    "wagtailcore.CommentReply": {"narrative": "text", "derived": "id comment user created_at updated_at"},
    "wagtailcore.GroupApprovalTask": {"derived": "task_ptr groups"},
    "wagtailcore.GroupApprovalTask_groups": {"derived": "id groupapprovaltask group"},
    "wagtailcore.GroupCollectionPermission": {"derived": "id group collection permission"},
    "wagtailcore.GroupPagePermission": {"derived": "id group page permission"},
    "wagtailcore.GroupSitePermission": {"derived": "id group site permission"},
    "wagtailcore.Locale": {"public": "language_code", "derived": "id"},
    # Labels are titles of pages and snippets: of stories, courts and programs, never of a case.
    "wagtailcore.ModelLogEntry": {
        "public": "label",
        "derived": "id content_type action data timestamp uuid user revision content_changed deleted object_id",
    },
    "wagtailcore.Page": {
        "public": "title draft_title slug url_path seo_title search_description",
        "derived": "id path depth numchild translation_key locale latest_revision live has_unpublished_changes "
        "first_published_at last_published_at live_revision go_live_at expire_at expired locked locked_at locked_by "
        "content_type owner latest_revision_created_at alias_of show_in_menus",
    },
    "wagtailcore.PageLogEntry": {
        "public": "label",
        "derived": "id content_type action data timestamp uuid user revision content_changed deleted page",
    },
    "wagtailcore.PageSubscription": {"derived": "id user page comment_notifications"},
    "wagtailcore.PageViewRestriction": {"security": "password", "derived": "id restriction_type page groups"},
    "wagtailcore.PageViewRestriction_groups": {"derived": "id pageviewrestriction group"},
    "wagtailcore.ReferenceIndex": {
        "derived": "id content_type base_content_type object_id to_content_type to_object_id model_path content_path "
        "content_path_hash"
    },
    # A story in every state it was in, also before its author let it go.
    "wagtailcore.Revision": {
        "narrative": "content object_str",
        "derived": "id content_type base_content_type object_id created_at user approved_go_live_at",
    },
    "wagtailcore.Site": {"public": "hostname port site_name", "derived": "id root_page is_default_site"},
    "wagtailcore.Task": {"public": "name", "derived": "id content_type active"},
    "wagtailcore.TaskState": {
        "narrative": "comment",
        "derived": "id workflow_state revision task status started_at finished_at finished_by content_type",
    },
    "wagtailcore.UploadedFile": {"narrative": "file", "derived": "id for_content_type uploaded_by_user"},
    "wagtailcore.Workflow": {"public": "name", "derived": "id active"},
    "wagtailcore.WorkflowContentType": {"derived": "content_type workflow"},
    "wagtailcore.WorkflowPage": {"derived": "page workflow"},
    "wagtailcore.WorkflowState": {
        "derived": "id content_type base_content_type object_id workflow status created_at requested_by "
        "current_task_state"
    },
    "wagtailcore.WorkflowTask": {"derived": "id sort_order workflow task"},
    "wagtaildocs.Document": {
        "narrative": "title file",
        "derived": "id collection created_at uploaded_by_user file_size file_hash tags",
    },
    "wagtailimages.Image": {
        "narrative": "title file description",
        "derived": "id collection width height created_at uploaded_by_user focal_point_x focal_point_y "
        "focal_point_width focal_point_height file_size file_hash tags",
    },
    "wagtailimages.Rendition": {"narrative": "file", "derived": "id filter_spec width height focal_point_key image"},
    "wagtailsearch.IndexEntry": {
        "public": "autocomplete title body",
        "derived": "id content_type object_id title_norm",
    },
    "wagtailusers.UserProfile": {
        "identity": "avatar",
        "derived": "id user submitted_notifications approved_notifications rejected_notifications "
        "updated_comments_notifications preferred_language current_time_zone dismissibles theme contrast density "
        "keyboard_shortcuts",
    },
}
SQLITE = {"wagtailsearch.SQLiteFTSIndexEntry": {"public": "autocomplete title body", "derived": "index_entry"}}
# The same words, as PostgreSQL searches them.
POSTGRES = {"wagtailsearch.IndexEntry": {"public": "title_text body_text"}}


def register() -> None:
    for models in (DJANGO, ALLAUTH, TAGGIT, WAGTAIL):
        classes.declare(models)
    for models in (SQLITE, POSTGRES):
        classes.declare(models, optional=True)
