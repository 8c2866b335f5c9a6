#include "proto/nested_fields.hpp"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {
namespace {

using google::protobuf::Descriptor;

class Comparison {
 public:
  void compare(const Descriptor& message, NestedType type) {
    if (type == NestedType::leaf) {
      for (int i = 0; i < message.field_count(); ++i)
        EXPECT_EQ(message.field(i)->message_type(), nullptr) << message.field(i)->full_name() << " is missing";
      return;
    }
    const auto [known, added] = seen_.emplace(type, &message);
    EXPECT_EQ(known->second, &message) << "one type for two messages";
    if (!added) return;
    for (int number = 0; number < 300; ++number) compare_field(message, type, number);
  }

  std::size_t messages() const { return seen_.size(); }

 private:
  void compare_field(const Descriptor& message, NestedType type, int number) {
    const auto* const field = message.FindFieldByNumber(number);
    const auto* const inside = field == nullptr ? nullptr : field->message_type();
    const auto found = nested_type(type, static_cast<std::uint64_t>(number));
    EXPECT_EQ(found == NestedType::none, inside == nullptr) << message.full_name() << ", field " << number;
    if (found != NestedType::none && inside != nullptr) compare(*inside, found);
  }

  std::map<NestedType, const Descriptor*> seen_;
};

TEST(NestedFields, AreThoseOfTheSchema) {
  Comparison comparison;
  comparison.compare(*v1::Frame::descriptor(), NestedType::frame);
  EXPECT_EQ(comparison.messages(), nested::kTypes - 2) << "a message that is in no frame, or a wrong count";
}

TEST(NestedFields, KnowsNoFieldsOfALeafOrOfNothing) {
  for (std::uint64_t number = 0; number < 300; ++number) {
    EXPECT_EQ(nested_type(NestedType::leaf, number), NestedType::none);
    EXPECT_EQ(nested_type(NestedType::none, number), NestedType::none);
  }
}

}  // namespace
}  // namespace ptyd
