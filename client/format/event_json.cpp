#include "client/format/event_json.hpp"

#include <array>
#include <utility>

#include "client/format/json_reply.hpp"
#include "client/format/lease_reply.hpp"
#include "client/format/words.hpp"

namespace ptyd {

namespace {

using Word = std::pair<std::string_view, v1::EventType>;
constexpr std::array<Word, 22> kWords{{{"created", v1::CREATED},
                                       {"exited", v1::SESSION_EXITED},
                                       {"lost", v1::SESSION_EXITED},
                                       {"stream_ended", v1::STREAM_ENDED},
                                       {"removed", v1::REMOVED},
                                       {"renamed", v1::RENAMED},
                                       {"labeled", v1::LABELED},
                                       {"resized", v1::RESIZED},
                                       {"attached", v1::ATTACHED},
                                       {"detached", v1::ATTACHMENT_ENDED},
                                       {"line_too_long", v1::LINE_TOO_LONG},
                                       {"title", v1::TITLE_CHANGED},
                                       {"cwd", v1::CWD_CHANGED},
                                       {"bell", v1::BELL},
                                       {"command_started", v1::COMMAND_STARTED},
                                       {"command_ended", v1::COMMAND_ENDED},
                                       {"idle", v1::IDLE},
                                       {"screen_changed", v1::SCREEN_CHANGED},
                                       {"recording", v1::RECORDING},
                                       {"input", v1::INPUT},
                                       {"lease", v1::LEASE_CHANGED},
                                       {"host_replaced", v1::HOST_REPLACED}}};

JsonWriter begin(std::string_view type, std::string_view epoch) {
  JsonWriter json;
  json.begin_object().version_field().field("type", type).field("epoch", std::string_view(hex_text(epoch)));
  return json;
}

void write_subject(JsonWriter& json, const v1::SessionInfo& session) {
  json.key("session").begin_object().field("id", std::string_view(session.id()));
  json.field("name", std::string_view(session.name())).field("state", word_for(session.state())).end_object();
}

void write_who(JsonWriter& json, const v1::Event& event) {
  json.key("client");
  if (event.has_client())
    write_client(json, event.client());
  else
    json.null();
}

void write_resized(JsonWriter& json, const v1::Event& event) {
  json.key("size");
  write_size(json, event.session().size());
  json.field("cause", event.cause() == v1::RESIZED_BY_REQUEST ? "request" : "policy");
  write_who(json, event);
}

void write_lease_changed(JsonWriter& json, const v1::Event& event) {
  write_lease(json.key("lease"), event.lease());
  json.key("end");
  if (event.lease_end() == v1::LEASE_END_UNSPECIFIED)
    json.null();
  else
    json.string(word_for(event.lease_end()));
  write_who(json, event);
}

void write_labels(JsonWriter& json, const v1::SessionInfo& session) {
  json.key("labels").begin_object();
  for (const auto& label : session.labels()) json.field(label.key(), label.value());
  json.end_object();
}

// What only events of one type have.
void write_details(JsonWriter& json, const v1::Event& event) {
  switch (event.type()) {
    case v1::SESSION_EXITED: write_exit(json.key("exit"), event.session().exit()); break;
    case v1::RENAMED: json.field("before", std::string_view(event.text())); break;
    case v1::LABELED: write_labels(json, event.session()); break;
    case v1::RESIZED: write_resized(json, event); break;
    case v1::ATTACHMENT_ENDED: json.field("reason", word_for(event.reason())); [[fallthrough]];
    case v1::ATTACHED: write_attachment(json.key("attachment"), event.attachment()); break;
    case v1::TITLE_CHANGED: json.field("title", std::string_view(event.text())); break;
    case v1::CWD_CHANGED: json.field("cwd", std::string_view(event.text())); break;
    case v1::BELL: json.field("rings", event.count()); break;
    case v1::COMMAND_ENDED:
      json.key("exit_code");
      if (event.has_exit_code())
        json.integer(event.exit_code());
      else
        json.null();
      break;
    case v1::IDLE: json.field("quiet_ms", event.count()); break;
    case v1::SCREEN_CHANGED: json.key("generation").offset(event.generation()); break;
    case v1::RECORDING: write_recording(json.key("recording"), event.recording()); break;
    case v1::INPUT:
      json.field("bytes", event.count()).key("client");
      write_client(json, event.client());
      break;
    case v1::HOST_REPLACED:
      json.key("host_pid").unsigned_integer(event.session().host_pid());
      json.key("uncertain_input").begin_object().key("offset").offset(event.input_offset());
      json.key("bytes").offset(event.count()).end_object();
      json.field("output_missing", !event.text().empty());
      break;
    case v1::LEASE_CHANGED: write_lease_changed(json, event); break;
    default: break;
  }
}

}  // namespace

std::vector<std::string_view> event_type_words() {
  std::vector<std::string_view> words;
  for (const auto& word : kWords) words.push_back(word.first);
  return words;
}

v1::EventType event_type_of(std::string_view word) {
  for (const auto& [name, type] : kWords)
    if (name == word) return type;
  return v1::EVENT_TYPE_UNSPECIFIED;
}

std::string_view word_for(const v1::Event& event) {
  if (event.type() == v1::OVERFLOW) return "overflow";
  if (event.type() == v1::SESSION_EXITED) return event.session().state() == v1::LOST ? "lost" : "exited";
  for (const auto& [name, type] : kWords)
    if (type == event.type()) return name;
  return "unknown";
}

std::string event_json(const v1::Event& event, std::string_view epoch) {
  auto json = begin(word_for(event), epoch);
  json.key("seq");
  if (event.seq() == 0)
    json.null();
  else
    json.offset(event.seq());
  if (event.type() != v1::OVERFLOW) {
    json.time_fields("at", event.at_ms());
    write_subject(json, event.session());
    json.key("offset").offset(event.offset());
    write_details(json, event);
    if (event.skipped() > 0) json.key("skipped").offset(event.skipped());
  }
  json.end_object();
  return json.text();
}

std::string restarted_json(std::string_view epoch, std::uint64_t next) {
  auto json = begin("restarted", epoch);
  json.key("seq").offset(next).end_object();
  return json.text();
}

std::string missed_json(std::string_view epoch, std::uint64_t missed) {
  auto json = begin("missed", epoch);
  json.key("missed").offset(missed).end_object();
  return json.text();
}

}  // namespace ptyd
