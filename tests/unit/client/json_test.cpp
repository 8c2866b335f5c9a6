#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "client/format/command_reply.hpp"
#include "client/format/event_json.hpp"
#include "client/format/json_reply.hpp"
#include "client/format/lease_reply.hpp"
#include "client/format/print_error.hpp"
#include "client/format/screen_reply.hpp"
#include "client/format/wait_reply.hpp"
#include "tests/unit/client/json_value.hpp"
#include "tests/unit/client/samples.hpp"

namespace ptyd {
namespace {

struct Document {
  const char* definition;
  std::string text;
};

std::vector<Document> failures() {
  std::vector<Document> documents;
  for (int code = 1; code <= static_cast<int>(errc::internal); ++code) {
    Error error;
    error.code = static_cast<errc>(code);
    error.message = "m";
    documents.push_back({"error", error_json(error)});
    error.subject = error.step = "x";
    error.os_error = 2;
    documents.push_back({"error", error_json(error)});
  }
  return documents;
}

v1::SearchMatch with_context() {
  auto match = found_match(~0ull, 3, "x\x1b");
  match.add_before("b");
  match.add_after("a");
  return match;
}

v1::ScreenReply empty_screen() {
  v1::ScreenReply reply;
  reply.set_hash("0123456789abcdef");
  return reply;
}

constexpr std::string_view kEpoch = "0123456789abcdef";

// One of each type, with everything that an event may have.
std::vector<Document> events() {
  std::vector<Document> documents;
  for (int type = v1::CREATED; type <= v1::LEASE_CHANGED; ++type) {
    v1::Event event;
    event.set_type(static_cast<v1::EventType>(type));
    event.set_seq(type == v1::SCREEN_CHANGED ? 0 : ~0ull);
    event.set_at_ms(1);
    *event.mutable_session() = type == v1::SESSION_EXITED ? ended_session() : running_session();
    documents.push_back({type == v1::OVERFLOW ? "event_gap" : "event", event_json(event, kEpoch)});
    event.set_text("\x1b[2J");
    event.mutable_recording()->set_ended("x");
    event.mutable_lease()->mutable_holder()->set_name("\x1b");
    event.set_lease_end(v1::LEASE_TAKEN_OVER);
    event.set_exit_code(-1);
    event.set_skipped(3);
    event.mutable_client()->set_name("\xe2\x80\xae");
    event.set_cause(v1::RESIZED_BY_REQUEST);
    documents.push_back({type == v1::OVERFLOW ? "event_gap" : "event", event_json(event, kEpoch)});
  }
  documents.push_back({"event_gap", restarted_json(kEpoch, 4)});
  documents.push_back({"event_gap", missed_json(kEpoch, ~0ull)});
  return documents;
}

v1::RecordingInfo ended_recording() {
  v1::RecordingInfo recording;
  recording.mutable_spec()->set_path("/tmp/\xff");
  recording.mutable_spec()->set_version(3);
  recording.set_since_ms(1);
  recording.set_lost(~0ull);
  recording.set_ended("disk full\x1b");
  return recording;
}

v1::EnvironmentReply some_environment() {
  v1::EnvironmentReply reply;
  auto* variable = reply.add_env();
  variable->set_name("DISPLAY");
  variable->set_value("\xff");
  reply.add_unset("SSH_TTY");
  return reply;
}

std::vector<Document> all_documents() {
  auto documents = failures();
  const auto happened = events();
  documents.insert(documents.end(), happened.begin(), happened.end());
  v1::CreateReply created;
  *created.mutable_session() = running_session();
  v1::SendReply sent;
  sent.set_accepted(~0ull);
  v1::SendReply cut;
  cut.set_line_limit(4095);
  v1::WaitReply held;
  held.set_outcome(v1::WAIT_HELD);
  held.mutable_send()->set_accepted(5);
  *held.add_sessions() = ended_session();
  auto* result = held.add_results();
  result->set_offset(~0ull);
  result->set_text("caf\xc3\xa9");
  result->set_line("a caf\xc3\xa9");
  result->set_exit_code(-1);
  v1::DetachReply detached;
  detached.set_ended(2);
  v1::Welcome welcome;
  welcome.set_server_version("0.1.0");
  welcome.set_protocol(1);
  welcome.add_features("x");
  v1::UpgradeReply upgraded;
  upgraded.set_upgrades(1);
  v1::StatusReply status;
  status.set_server_pid(7);
  status.set_log_file("/l");
  status.add_warnings("w");
  const std::vector<Document> more{
      {"session", session_json(running_session())},
      {"session", session_json(ended_session())},
      {"session", session_json(v1::SessionInfo(minimal_session()))},
      {"sessions", sessions_json({})},
      {"sessions", sessions_json({running_session(), ended_session()})},
      {"one_session", one_session_json(running_session())},
      {"created", created_json(created)},
      {"inspect", inspect_json(full_inspection())},
      {"inspect", inspect_json(bare_inspection())},
      {"resized", size_json(running_session().size())},
      {"detached", detached_json(detached)},
      {"sent", sent_json(sent)},
      {"sent", sent_json(cut)},
      {"waited", wait_json(v1::WaitReply())},
      {"waited", wait_json(held)},
      {"history", history_json(~0ull, "text\x1b[m")},
      {"history", history_json(0, "\xff")},
      {"command", command_json(v1::Command())},
      {"command", command_json(full_command())},
      {"commands", commands_json({})},
      {"commands", commands_json({{full_command(), v1::Command()}, ~0ull})},
      {"executed", executed_json(std::nullopt)},
      {"executed", executed_json(-1)},
      {"screen", screen_json(full_screen())},
      {"screen", screen_json(empty_screen())},
      {"screen_hash", screen_hash_json(unchanged_screen())},
      {"search", search_json({})},
      {"search", search_json({{with_context()}, true, ~0ull, true})},
      {"ended", ended_json("x", ended_session().exit())},
      {"recording", recording_json(v1::RecordingInfo())},
      {"recording", recording_json(ended_recording())},
      {"claimed", claimed_json(std::string(16, '\xfe'), {full_inspection().leases(0), v1::LeaseInfo()})},
      {"released", released_json(true)},
      {"environment", environment_json(v1::EnvironmentReply())},
      {"environment", environment_json(some_environment())},
      {"removed", removed_json(3)},
      {"done", done_json()},
      {"status", status_json(status)},
      {"status", status_json(v1::StatusReply())},
      {"ping", ping_json(42, welcome)},
      {"stopped", stopped_json(1)},
      {"upgraded", upgraded_json("0.2.0", upgraded)},
      {"upgraded", upgraded_json("0.2.0", std::nullopt)},
      {"version", version_json("0.1.0", welcome)},
      {"version", version_json("0.1.0", std::nullopt)},
      {"doctor", doctor_json({{"socket", DoctorCheck::Outcome::ok, "m", ""},
                              {"daemon", DoctorCheck::Outcome::warning, "m", "h"},
                              {"tty", DoctorCheck::Outcome::failed, "m", "h"}})},
      {"service", service_json({"systemd", "installed", {"/a", "/\xff"}})},
  };
  documents.insert(documents.end(), more.begin(), more.end());
  return documents;
}

google::protobuf::Value read_schema() {
  const char* const root = std::getenv("PTYD_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) + "/docs/schema/ptyctl.schema.json");
  std::stringstream text;
  text << file.rdbuf();
  const auto schema = parse_json(text.str());
  EXPECT_TRUE(schema) << "set PTYD_SOURCE_DIR to the root of the sources";
  return schema.value_or(google::protobuf::Value());
}

TEST(Json, EveryDocumentFitsTheSchema) {
  const auto schema = read_schema();
  for (const auto& document : all_documents()) {
    const auto value = parse_json(document.text);
    ASSERT_TRUE(value) << document.text;
    EXPECT_EQ(check_schema(schema, definition(schema, document.definition), *value, document.definition), "")
        << document.text;
    EXPECT_EQ(check_schema(schema, schema, *value, "document"), "") << document.text;
  }
}

TEST(Json, EventsHaveTheWordsThatCanBeAskedFor) {
  for (const auto word : event_type_words()) {
    v1::Event event;
    event.set_type(event_type_of(word));
    event.mutable_session()->set_state(word == "lost" ? v1::LOST : v1::EXITED);
    EXPECT_EQ(word_for(event), word);
  }
  EXPECT_EQ(event_type_of("overflow"), v1::EVENT_TYPE_UNSPECIFIED);
  for (const auto& document : events())
    for (const char byte : document.text) EXPECT_TRUE(byte >= 0x20 && byte < 0x7f) << document.text;
}

TEST(Json, EveryDocumentOfTheSchemaIsWritten) {
  const auto schema = read_schema();
  std::set<std::string> written;
  for (const auto& document : all_documents()) written.insert(std::string("#/$defs/") + document.definition);
  std::set<std::string> described;
  for (const auto& each : schema.struct_value().fields().at("anyOf").list_value().values())
    described.insert(each.struct_value().fields().at("$ref").string_value());
  EXPECT_EQ(written, described);
}

TEST(Json, TheSchemaRefusesWhatIsWrong) {
  const auto schema = read_schema();
  for (const char* text :
       {"{\"v\":1,\"removed\":\"3\"}", "{\"v\":2,\"removed\":3}", "{\"removed\":3}", "{\"v\":1,\"removed\":3,\"x\":1}",
        "{\"v\":1,\"removed\":-1}", "{\"v\":1,\"removed\":1.5}"}) {
    const auto value = parse_json(text);
    ASSERT_TRUE(value) << text;
    EXPECT_NE(check_schema(schema, definition(schema, "removed"), *value, "removed"), "") << text;
  }
}

TEST(Json, EveryDocumentIsOneLineOfPrintableAscii) {
  for (const auto& document : all_documents()) {
    auto text = document.text;
    if (text.ends_with('\n')) text.pop_back();
    EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; })) << text;
    EXPECT_TRUE(text.starts_with("{\"v\":1")) << text;
  }
}

TEST(Json, ASessionIsWrittenLikeThis) {
  EXPECT_EQ(session_json(ended_session()),
            "{\"v\":1,\"id\":\"00112233445566778899aabbccddeeff\",\"name\":\"build\",\"state\":\"exited\","
            "\"command\":[{\"text\":\"make\"},{\"base64\":\"/w==\"}],\"cwd\":{\"text\":\"/sr\\u00e7\"},"
            "\"size\":{\"cols\":80,\"rows\":24,\"x_pixels\":0,\"y_pixels\":0},\"policy\":\"latest\","
            "\"created\":\"2026-11-21T08:20:27.123Z\",\"created_ms\":1795249227123,\"pid\":null,\"host_pid\":null,"
            "\"labels\":{\"team\":\"web\"},\"exit\":{\"known\":true,\"code\":null,\"signal\":9,\"core_dumped\":false,"
            "\"reason\":null,\"at\":\"2026-11-21T08:20:27.123Z\",\"at_ms\":1795249227123},"
            "\"usage\":{\"user_us\":\"12034567\",\"system_us\":\"999\",\"max_rss_bytes\":\"3145728\"},"
            "\"output\":{\"from\":\"0\",\"to\":\"18446744073709551615\"},\"input\":\"0\",\"attachments\":0,"
            "\"term\":\"xterm-256color\",\"remove_on_exit\":false,\"history_bytes\":\"1048576\",\"stream_ended\":true,"
            "\"last_output\":null,\"last_output_ms\":null,\"rehosted\":0,\"rehostable\":false}");
}

TEST(Json, BytesAreTextOrBase64) {
  EXPECT_EQ(history_json(7, "a\"\\\n\xc3\xa4\xf0\x9f\x98\x80"),
            "{\"v\":1,\"offset\":\"7\",\"text\":\"a\\\"\\\\\\n\\u00e4\\ud83d\\ude00\"}");
  EXPECT_EQ(history_json(7, "\xff\xfe"), "{\"v\":1,\"offset\":\"7\",\"base64\":\"//4=\"}");
}

}  // namespace
}  // namespace ptyd
