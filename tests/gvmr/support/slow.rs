//! The tests that take over 20 seconds, and shorter ones that can be spared while writing. They run in full with
//! `GVMR_TESTS=all` only.

/// Left out as a whole.
pub(crate) const LEFT_OUT: &[&str] = &[
    "auth::old_go::a_go_before_1_24_reads_them_from_memory",
    "check::go_code::an_older_go_is_understood",
    "check::go_same_twice::two_builds_are_the_same_unless_the_time_is_compiled_in",
    "check::notices::a_hook_that_hangs_takes_twenty_seconds_and_changes_no_verdict",
    "distribution::other_architectures::on_aarch64_a_real_go_is_proved_by_the_log_and_runs",
    "distribution::other_architectures::on_riscv64_a_go_command_is_proved_by_a_log_and_runs",
    "doctor::machine::a_musl_machine_is_healthy_until_a_directory_asks_for_a_go_that_needs_glibc",
    "doctor::seccomp::a_static_gvmr_names_it_by_the_words_of_that_go",
    "install::archives::disk::a_disk_that_fills_up_leaves_nothing_and_the_next_try_succeeds",
    "install::archives::faults::a_cut_download_goes_on_where_it_was_cut",
    "install::archives::files::a_published_archive_needs_no_network_since_the_program_knows_its_sum",
    "install::from_source::a_real_go_is_built_here_and_builds_hello",
    "install::import::real_toolchains::a_release_of_another_tool_is_adopted_and_builds_hello",
    "install::import::real_toolchains::killed_at_any_moment_a_version_is_absent_or_whole",
    "install::musl::a_build_for_musl_is_taken_where_one_is_configured",
    "install::musl::a_static_toolchain_is_installed_and_runs_and_others_are_refused_before_a_download",
    "install::silence::where_a_firewall_drops_everything_commands_end_after_one_wait",
    "self_update::real::a_kill_at_any_change_leaves_a_gvmr_that_works",
    "self_update::real::a_release_becomes_the_next_and_its_home_follows",
    "self_update::real::the_owners_next_command_renews_a_home_after_an_upgrade_by_hand",
    "shell::session_matrix::each_user_sets_up_every_session_that_their_own_files_reach",
    "shell::session_matrix::root_and_users_together_set_up_every_session",
    "shell::session_matrix::root_sets_up_every_session_but_what_users_override",
    "shell::session_matrix::without_setup_no_session_has_the_shim",
    "shell::setup::a_file_that_cannot_be_edited_is_named_and_the_others_are_edited",
    "shell::setup::crontab::every_job_gets_the_shims_and_the_crontab_comes_back_to_the_byte",
    "unpack::archive::bombs_end_at_the_ratio_wherever_they_lie",
    "unpack::archive::real_archives::archives_of_a_real_tree_by_any_packer_have_the_logged_hash",
    "unpack::archive::real_archives::the_archive_of_this_machines_own_go_has_the_logged_hash",
];

/// With fewer rounds of the same.
pub(crate) const SHORTENED: &[&str] = &[
    "distribution::install_script::kills::a_kill_at_any_change_leaves_the_old_or_the_new",
    "doctor::network::each_broken_layer_is_the_first_finding_and_look_alikes_are_none",
    "durability::a_fault_in_any_call_that_changes_something_leaves_nothing_half",
    "durability::a_kill_at_any_moment_leaves_nothing_half",
    "durability::a_power_cut_at_any_moment_leaves_nothing_half",
    "environment::rules_oracle::what_go_sees_is_what_the_documented_order_says",
    "environment::trust::swaps::a_swap_between_check_and_use_never_lets_the_unapproved_bytes_in",
    "go_program::build_info_is_what_go_reads_of_every_format_and_machine",
    "install::archives::proof::a_changed_byte_anywhere_in_a_real_archive_never_installs_another_tree",
    "install::build::bootstrap::gos_own_sources_say_the_same",
    "install::kill::two_hundred_kills_leave_no_half_toolchain",
    "install::real_go::three_minors_from_the_proxy_are_proved_and_build_in_three_directories",
    "install::tampering::a_changed_byte_in_a_real_zip_is_an_integrity_error",
    "unpack::archive::mutations::every_changed_byte_of_a_header_is_noticed_or_means_nothing",
    "unpack::archive::mutations::every_flipped_bit_of_an_xz_is_an_error",
    "unpack::archive::mutations::gnu_tar_sees_the_same_files_in_whatever_is_accepted",
    "unpack::every_flipped_bit_is_noticed_but_for_those_that_mean_nothing",
    "verify::flips::every_bit_of_one_real_answer_counts",
    "verify::flips::every_byte_of_every_real_answer_counts",
    "verify::flips::every_byte_of_every_tile_of_a_small_log_counts",
    "verify::flips::every_hash_of_every_real_tile_counts",
];

/// Whether tests run in full.
pub(crate) fn all() -> bool {
    std::env::var("GVMR_TESTS").is_ok_and(|value| value == "all")
}

/// Whether this test is left out now.
pub(crate) fn left_out(test: &str) -> bool {
    assert!(LEFT_OUT.contains(&test), "{test} is not in the table of what is left out");
    !all()
}

/// How many rounds this test goes through.
pub(crate) fn rounds<N>(test: &str, few: N, full: N) -> N {
    assert!(SHORTENED.contains(&test), "{test} is not in the table of what is shortened");
    if all() { full } else { few }
}

/// The first few of the cases of this test, or all.
pub(crate) fn first<'c, C>(test: &str, few: usize, cases: &'c [C]) -> &'c [C] {
    &cases[..rounds(test, few, cases.len())]
}
