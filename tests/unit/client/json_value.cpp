#include "tests/unit/client/json_value.hpp"

#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <regex>

namespace ptyd {

namespace {

using google::protobuf::Value;

const Value* member(const Value& object, const std::string& name) {
  const auto& fields = object.struct_value().fields();
  const auto found = fields.find(name);
  return found == fields.end() ? nullptr : &found->second;
}

bool has_type(const Value& value, const std::string& type) {
  if (type == "object") return value.has_struct_value();
  if (type == "array") return value.has_list_value();
  if (type == "string") return value.kind_case() == Value::kStringValue;
  if (type == "boolean") return value.kind_case() == Value::kBoolValue;
  if (type == "null") return value.kind_case() == Value::kNullValue;
  return type == "integer" && value.kind_case() == Value::kNumberValue &&
         std::trunc(value.number_value()) == value.number_value();
}

std::string check_object(const Value& root, const Value& schema, const Value& value, const std::string& where) {
  const Value* const properties = member(schema, "properties");
  const Value* const additional = member(schema, "additionalProperties");
  if (const Value* const required = member(schema, "required")) {
    for (const auto& name : required->list_value().values())
      if (member(value, name.string_value()) == nullptr) return where + " lacks " + name.string_value();
  }
  for (const auto& [name, field] : value.struct_value().fields()) {
    const Value* wanted = properties == nullptr ? nullptr : member(*properties, name);
    if (wanted == nullptr) wanted = additional;
    if (wanted == nullptr) continue;
    if (wanted->kind_case() == Value::kBoolValue) {
      if (!wanted->bool_value()) return where + " may not have " + name;
      continue;
    }
    if (auto wrong = check_schema(root, *wanted, field, where + "." + name); !wrong.empty()) return wrong;
  }
  return {};
}

std::string check_alternatives(const Value& root, const Value& list, const Value& value, const std::string& where,
                               bool one) {
  int fitting = 0;
  std::string reasons;
  for (const auto& schema : list.list_value().values()) {
    const auto wrong = check_schema(root, schema, value, where);
    if (wrong.empty()) ++fitting;
    reasons += wrong + "; ";
  }
  if (fitting == 0) return where + " fits none: " + reasons;
  return one && fitting > 1 ? where + " fits more than one" : std::string();
}

std::string check_keyword(const Value& root, const Value& schema, const std::string& keyword, const Value& wanted,
                          const Value& value, const std::string& where) {
  if (keyword == "$ref") return check_schema(root, definition(root, wanted.string_value().substr(8)), value, where);
  if (keyword == "type") return has_type(value, wanted.string_value()) ? "" : where + " is no " + wanted.string_value();
  if (keyword == "const")
    return value.ShortDebugString() == wanted.ShortDebugString() ? "" : where + " is another value";
  if (keyword == "anyOf" || keyword == "oneOf")
    return check_alternatives(root, wanted, value, where, keyword == "oneOf");
  if (keyword == "minimum") return value.number_value() >= wanted.number_value() ? "" : where + " is too small";
  if (keyword == "pattern")
    return std::regex_search(value.string_value(), std::regex(wanted.string_value())) ? ""
                                                                                      : where + " has another form";
  if (keyword == "enum") {
    for (const auto& each : wanted.list_value().values())
      if (each.ShortDebugString() == value.ShortDebugString()) return {};
    return where + " is no value of the set";
  }
  if (keyword == "items") {
    for (const auto& item : value.list_value().values())
      if (auto wrong = check_schema(root, wanted, item, where + "[]"); !wrong.empty()) return wrong;
    return {};
  }
  if (keyword == "properties") return check_object(root, schema, value, where);
  if (keyword == "additionalProperties") return check_object(root, schema, value, where);
  const bool no_rule = keyword == "required" || keyword == "description" || keyword == "$schema" ||
                       keyword == "title" || keyword == "$defs";
  return no_rule ? "" : "the schema uses " + keyword;
}

}  // namespace

std::optional<Value> parse_json(const std::string& text) {
  Value value;
  if (!google::protobuf::util::JsonStringToMessage(text, &value).ok()) return std::nullopt;
  return value;
}

const Value& definition(const Value& root, const std::string& name) {
  static const Value none;
  const Value* const definitions = member(root, "$defs");
  const Value* const found = definitions == nullptr ? nullptr : member(*definitions, name);
  return found == nullptr ? none : *found;
}

std::string check_schema(const Value& root, const Value& schema, const Value& value, const std::string& where) {
  if (!schema.has_struct_value()) return "the schema has no such definition";
  for (const auto& [keyword, wanted] : schema.struct_value().fields())
    if (auto wrong = check_keyword(root, schema, keyword, wanted, value, where); !wrong.empty()) return wrong;
  return {};
}

}  // namespace ptyd
