// Replies of a daemon for the tests of what ptyctl prints.
#pragma once

#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

inline constexpr std::uint64_t kSampleTime = 1795249227123;  // 2026-11-21T08:20:27.123Z

inline v1::SessionInfo minimal_session() {
  v1::SessionInfo session;
  session.set_id("00112233445566778899aabbccddeeff");
  session.set_name("build");
  return session;
}

inline v1::SessionInfo ended_session() {
  auto session = minimal_session();
  session.set_state(v1::EXITED);
  session.add_argv("make");
  session.add_argv("\xff");
  session.set_cwd("/sr\xc3\xa7");
  session.mutable_size()->set_cols(80);
  session.mutable_size()->set_rows(24);
  session.set_policy(v1::LATEST);
  session.set_created_ms(kSampleTime);
  auto* const label = session.add_labels();
  label->set_key("team");
  label->set_value("web");
  session.mutable_exit()->set_known(true);
  session.mutable_exit()->set_signal(9);
  session.mutable_exit()->set_at_ms(kSampleTime);
  session.mutable_usage()->set_user_us(12'034'567);
  session.mutable_usage()->set_system_us(999);
  session.mutable_usage()->set_max_rss_bytes(3 << 20);
  session.mutable_output()->set_to(~0ull);
  session.set_term("xterm-256color");
  session.set_history_bytes(1 << 20);
  session.set_stream_ended(true);
  return session;
}

inline v1::SessionInfo running_session() {
  auto session = ended_session();
  session.clear_exit();
  session.clear_usage();
  session.set_state(v1::RUNNING);
  session.set_name("shell");
  session.clear_argv();
  session.add_argv("/bin/sh");
  session.add_argv("it's");
  session.set_pid(100);
  session.set_host_pid(99);
  session.set_attachments(1);
  session.set_last_output_ms(kSampleTime);
  return session;
}

inline v1::InspectReply bare_inspection() {
  v1::InspectReply reply;
  *reply.mutable_session() = ended_session();
  return reply;
}

inline v1::InspectReply full_inspection() {
  v1::InspectReply reply;
  *reply.mutable_session() = running_session();
  auto* const attachment = reply.add_attachments();
  attachment->set_client(3);
  attachment->set_attachment(1);
  attachment->set_client_name("ptyctl\x1b]0;x\x07");
  attachment->set_role(v1::OBSERVER);
  attachment->mutable_size()->set_cols(120);
  attachment->mutable_size()->set_rows(40);
  attachment->set_since_ms(kSampleTime);
  attachment->set_lag(12);
  reply.add_attachments()->set_client(4);
  reply.mutable_counters()->set_output_bytes(1000);
  reply.set_host_socket("/run/user/1000/ptyd/hosts/x");
  reply.mutable_tty()->set_canonical(true);
  reply.mutable_recording()->mutable_spec()->set_path("/tmp/\x1b.cast");
  reply.mutable_recording()->set_ended("disk full\x07");
  auto* const lease = reply.add_leases();
  lease->set_kind(v1::INPUT_LEASE);
  lease->mutable_holder()->set_name("agent\x1b]0;x\x07");
  lease->mutable_holder()->set_pid(12);
  lease->set_since_ms(kSampleTime);
  lease->set_expires_ms(kSampleTime + 90'000);
  reply.add_leases()->set_kind(v1::SIZE_LEASE);
  return reply;
}

inline v1::Command full_command() {
  v1::Command command;
  command.set_number(42);
  command.set_text("make \x1b[m");
  command.mutable_output()->set_from(4096);
  command.mutable_output()->set_to(8192);
  command.set_exit_code(-1);
  command.set_started_ms(kSampleTime);
  command.set_ended_ms(kSampleTime + 1877);
  command.set_cwd("file:///src");
  return command;
}

inline v1::ScreenReply unchanged_screen() {
  v1::ScreenReply reply;
  reply.set_hash("0123456789abcdef");
  reply.set_unchanged(true);
  return reply;
}

inline v1::ScreenReply full_screen() {
  v1::ScreenReply reply;
  reply.set_hash("0123456789abcdef");
  reply.set_generation(77);
  reply.set_offset(~0ull);
  reply.mutable_size()->set_cols(80);
  auto* const screen = reply.mutable_screen();
  for (const auto mark : {v1::ROW_MARK_UNSPECIFIED, v1::MARK_PROMPT, v1::MARK_INPUT, v1::MARK_OUTPUT}) {
    auto* const row = screen->add_rows();
    row->set_index(screen->rows_size() - 3);
    row->set_mark(mark);
    auto* const run = row->add_runs();
    run->set_text("x\x1b");
    run->set_columns(2);
    run->set_style(1);
  }
  for (std::uint32_t underline = 0; underline <= 6; ++underline) {
    auto* const style = screen->add_styles();
    style->set_underline(underline);
    style->set_foreground("#00ff7f");
    style->set_background("208");
  }
  screen->add_links()->set_uri("javascript:x");
  screen->mutable_cursor()->set_shape(1);
  screen->mutable_modes()->set_mouse(1003);
  screen->mutable_shell()->set_phase(v1::SHELL_DONE);
  screen->mutable_shell()->set_exit_code(-1);
  return reply;
}

inline v1::SearchMatch found_match(std::uint64_t line, std::uint32_t begin, const char* text) {
  v1::SearchMatch match;
  match.set_line(line);
  match.set_begin(begin);
  match.set_end(begin + 1);
  match.set_text(text);
  return match;
}

}  // namespace ptyd
