#include "client/format/wait_reply.hpp"

#include "client/format/json_reply.hpp"
#include "client/format/json_writer.hpp"

namespace ptyd {

std::string wait_json(const v1::WaitReply& reply) {
  JsonWriter json;
  json.begin_object().version_field().field("held", reply.outcome() == v1::WAIT_HELD).key("results").begin_array();
  for (const auto& result : reply.results()) {
    json.begin_object().field("session", result.session()).field("condition", result.condition());
    json.key("offset").offset(result.offset());
    write_or_null(json, "text", result.text());
    write_or_null(json, "line", result.line());
    json.key("exit_code");
    result.has_exit_code() ? json.integer(result.exit_code()) : json.null();
    json.field("incomplete", result.incomplete()).end_object();
  }
  json.end_array().key("sessions").begin_array();
  for (const auto& session : reply.sessions()) write_session(json, session);
  json.end_array().key("accepted");
  reply.has_send() ? json.offset(reply.send().accepted()) : json.null();
  json.end_object();
  return json.text();
}

}  // namespace ptyd
