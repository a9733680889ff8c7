"""Who may look at an address of the admin (GET) and who may send something to it (POST): every address, by its name."""

ADMINISTRATOR = frozenset({"administrator"})
PUBLISHERS = ADMINISTRATOR | {"Publisher"}
STAFF = PUBLISHERS | {"Editor"}
EVERYBODY = STAFF | {"visitor", "account", "author of one page"}
SIGNED_IN = EVERYBODY - {"visitor"}
NOBODY = frozenset()

TERMS = ("regions_country", "regions_ecosystem", "regions_threat", "initiatives_theme")


def of(space, names, look, send=None):
    """Rows of the table; `send` is left out where whoever may look may also send, or where nothing can be sent."""
    prefix = f"{space}:" if space else ""
    return {prefix + name: (look, look if send is None else send) for name in names.split()}


MATRIX = {
    # The way in and out, before and after anybody is known
    **of("", "wagtailadmin_login wagtailadmin_logout wagtailadmin_sprite wagtailadmin_javascript_catalog", EVERYBODY),
    **of("", "account_login account_logout mfa_authenticate", EVERYBODY),
    # The second factor of whoever is signed in
    **of("", "account_reauthenticate mfa_index mfa_activate_totp mfa_reauthenticate", SIGNED_IN),
    **of("", "mfa_generate_recovery_codes", SIGNED_IN),
    # The frame of the admin, and one's own account
    **of("", "wagtailadmin_home wagtailadmin_account wagtailadmin_dismissibles /test404/", STAFF),
    **of("wagtailadmin_editing_sessions", "ping release", STAFF),
    **of("wagtail_localize", "javascript_catalog", STAFF),
    # Pages
    **of("", "wagtailadmin_explore_root wagtailadmin_explore wagtailadmin_explore_results", STAFF),
    **of(
        "wagtailadmin_pages",
        "add preview_on_add add_subpage choose_parent edit preview_on_edit view_draft copy usage type_use"
        " type_use_results search search_results history history_results workflow_history workflow_history_detail"
        " revisions_index revisions_view revisions_revert revisions_compare convert_alias"
        " confirm_workflow_cancellation",
        STAFF,
    ),
    **of("wagtailadmin_pages", "move_confirm", STAFF, PUBLISHERS),
    **of(
        "wagtailadmin_pages",
        "delete unpublish move set_page_position set_privacy lock unlock revisions_unschedule workflow_action"
        " collect_workflow_action_data workflow_preview",
        PUBLISHERS,
    ),
    **of("bulk:page", "delete move publish unpublish", STAFF, PUBLISHERS),
    **of("wagtailadmin_api:pages", "listing detail find", STAFF),
    **of("wagtailadmin_api:pages", "action", STAFF, PUBLISHERS),
    **{
        row: who
        for listing in ("hotspots", "country-pages", "species", "initiatives", "organisations")
        for row, who in of(listing, "index index_results choose_parent", STAFF).items()
    },
    **of("", "outline_preview", STAFF),
    # Choosers
    **of(
        "",
        "wagtailadmin_choose_page wagtailadmin_choose_page_child wagtailadmin_choose_page_search"
        " wagtailadmin_choose_page_chosen_multiple wagtailadmin_choose_page_email_link"
        " wagtailadmin_choose_page_phone_link wagtailadmin_choose_page_anchor_link"
        " wagtailadmin_choose_page_external_link wagtailadmin_tag_autocomplete",
        STAFF,
    ),
    **of("wagtailembeds", "chooser chooser_upload", STAFF),
    **of("wagtaildocs_chooser", "choose choose_results chosen chosen_multiple create", STAFF),
    **of("wagtailimages_chooser", "choose choose_results chosen chosen_multiple create select_format", STAFF),
    # Pictures and documents; those here are another Editor's
    **of("wagtailimages", "index index_results add edit preview image_usage add_multiple edit_multiple", STAFF),
    **of("wagtaildocs", "index index_results add edit document_usage add_multiple edit_multiple", STAFF),
    **of("wagtailimages", "delete delete_multiple", PUBLISHERS),
    **of("wagtaildocs", "delete delete_multiple", PUBLISHERS),
    **of("wagtailimages", "create_multiple_from_uploaded_image delete_upload_multiple", NOBODY),
    **of("wagtaildocs", "create_multiple_from_uploaded_document delete_upload_multiple", NOBODY),
    **of("bulk:creditedimage", "add_tags add_to_collection", STAFF),
    **of("bulk:document", "add_tags add_to_collection", STAFF),
    **of("bulk:creditedimage", "delete", PUBLISHERS),
    **of("bulk:document", "delete", PUBLISHERS),
    **of("wagtailadmin_api:images", "listing detail find", STAFF),
    **of("wagtailadmin_api:documents", "listing detail find", STAFF),
    # Lists: countries, ecosystems, threats, themes
    **{
        row: who
        for term in TERMS
        for row, who in {
            **of(f"wagtailsnippets_{term}", "list list_results", STAFF),
            **of(
                f"wagtailsnippets_{term}",
                "add edit copy usage history history_results preview_on_add preview_on_edit unpublish revisions_view"
                " revisions_revert revisions_compare revisions_unschedule",
                PUBLISHERS,
            ),
            **of(f"wagtailsnippets_{term}", "delete", ADMINISTRATOR),
            **of(f"bulk:{term.partition('_')[2]}", "delete", STAFF, ADMINISTRATOR),
            **of(f"wagtailsnippetchoosers_{term}", "choose choose_results chosen chosen_multiple", STAFF),
            **of(f"wagtailsnippetchoosers_{term}", "create", PUBLISHERS),
        }.items()
    },
    **of("wagtail_localize", "snippets_api_listing snippets_api_detail", STAFF),
    # The office's texts
    **of(
        "wagtailsnippets_iucn_ca_officesettings",
        "list list_results add edit copy usage history history_results preview_on_add preview_on_edit unpublish"
        " revisions_view revisions_revert revisions_compare revisions_unschedule",
        PUBLISHERS,
    ),
    **of("wagtailsnippets_iucn_ca_officesettings", "delete", ADMINISTRATOR),
    **of("bulk:officesettings", "delete", STAFF, ADMINISTRATOR),
    **of("wagtailsnippetchoosers_iucn_ca_officesettings", "choose choose_results chosen chosen_multiple", STAFF),
    **of("wagtailsnippetchoosers_iucn_ca_officesettings", "create", PUBLISHERS),
    # Reports
    **of(
        "wagtailadmin_reports",
        "workflow workflow_results workflow_tasks workflow_tasks_results site_history site_history_results aging_pages"
        " aging_pages_results",
        STAFF,
    ),
    **of("wagtailadmin_reports", "locked_pages locked_pages_results", PUBLISHERS),
    # They name pages of the whole tree, and here is a branch, in another language, that the groups do not see.
    **of("wagtailadmin_reports", "page_types_usage page_types_usage_results", ADMINISTRATOR),
    **of("wagtail_localize", "translations_report translations_report_results", ADMINISTRATOR),
    # What only the administrator does: accounts, groups, sites, languages, redirects, collections, workflows
    **of("wagtailusers_users", "index index_results add edit delete history history_results usage copy", ADMINISTRATOR),
    **of("bulk:user", "assign_role delete set_active_state", ADMINISTRATOR),
    **of("wagtailusers_groups", "index index_results add edit delete history history_results usage", ADMINISTRATOR),
    **of("wagtailsites", "index index_results add edit delete history history_results usage copy", ADMINISTRATOR),
    **of("wagtaillocales", "index index_results add edit delete history history_results usage copy", ADMINISTRATOR),
    **of("wagtailredirects", "index index_results add edit delete start_import process_import", ADMINISTRATOR),
    **of("wagtailadmin_collections", "index add edit delete set_privacy", ADMINISTRATOR),
    **of(
        "wagtailadmin_workflows",
        "index index_results add edit enable disable usage usage_results remove remove_workflow_pk add_task edit_task"
        " enable_task disable_task select_task_type task_index task_index_results",
        ADMINISTRATOR,
    ),
    # Names of tasks; the form for a new one is only the administrator's.
    **of("wagtailadmin_workflows", "task_chooser task_chooser_results task_chooser_create task_chosen", STAFF),
    **of(
        "wagtail_localize",
        "submit_page_translation submit_snippet_translation update_translations edit_string_translation edit_override"
        " download_pofile upload_pofile preview_translation stop_translation",
        ADMINISTRATOR,
    ),
}

# Addresses that lead nowhere on this site, whoever asks.
NOWHERE = {
    "/^.*/$": "whatever is no address",
    "mfa_deactivate_totp": "who is signed in here has no second factor",
    "mfa_view_recovery_codes": "as above",
    "mfa_download_recovery_codes": "as above",
    "wagtailadmin_error_test": "no page fails on purpose",
    "wagtailadmin_block_preview": "no block has a preview",
    "wagtailadmin_tag_model_autocomplete": "no page has tags",
    "wagtailadmin_password_reset": "no mail is sent: `make admin-password` takes its place",
    "wagtailadmin_password_reset_done": "as above",
    "wagtailadmin_password_reset_confirm": "as above",
    "wagtailadmin_password_reset_complete": "as above",
    "wagtailimages:url_generator": "no picture is made to measure",
    "wagtailimages:url_generator_output": "as above",
    "wagtailsnippets:index": "each list has its own place in the menu",
    "wagtail_localize:machine_translate": "no machine translates",
    "wagtail_localize:convert_to_alias": "only for a translation that was an alias",
    "wagtail_localize:preview_translation_mode": "pages have one preview, without a name",
}

# With a draft in the place of the published page.
OF_A_DRAFT = {
    **of("wagtailadmin_pages", "delete move move_confirm", STAFF),
    **of("wagtailadmin_pages", "unpublish", NOBODY),
    **of("bulk:page", "delete move", STAFF),
    **of("bulk:page", "unpublish", STAFF, NOBODY),
}

# What is neither looked at nor sent, but put.
PUT = ("wagtail_localize:edit_string_translation", "wagtail_localize:edit_override")
