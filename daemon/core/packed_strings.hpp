// A list of texts that is kept for long and looked at rarely: in one piece, without a head for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace ptyd {

// Any bytes; each text at most 4 GiB. Views are valid until the list is changed.
class PackedStrings {
 public:
  PackedStrings() = default;
  PackedStrings(std::initializer_list<std::string_view> texts) {
    for (const auto text : texts) push_back(text);
  }
  PackedStrings(const std::vector<std::string>& texts) {
    for (const auto& text : texts) push_back(text);
  }

  void push_back(std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    char head[sizeof size];
    std::memcpy(head, &size, sizeof size);
    bytes_.append(head, sizeof head).append(text);
  }
  bool empty() const noexcept { return bytes_.empty(); }
  std::size_t size() const { return static_cast<std::size_t>(std::distance(begin(), end())); }
  void shrink_to_fit() { bytes_.shrink_to_fit(); }

  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::string_view*;
    using reference = std::string_view;

    Iterator() = default;
    explicit Iterator(const char* at) : at_(at) {}
    std::string_view operator*() const {
      std::uint32_t size = 0;
      std::memcpy(&size, at_, sizeof size);
      return {at_ + sizeof size, size};
    }
    Iterator& operator++() {
      const auto text = **this;
      at_ = text.data() + text.size();
      return *this;
    }
    Iterator operator++(int) {
      const auto before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const char* at_ = nullptr;
  };
  Iterator begin() const noexcept { return Iterator(bytes_.data()); }
  Iterator end() const noexcept { return Iterator(bytes_.data() + bytes_.size()); }

  bool operator==(const PackedStrings&) const = default;

 private:
  std::string bytes_;
};

}  // namespace ptyd
