// The screen engine behind a pipe, for comparison with others: the protocol of oracle.py, a command a line on standard
// input, a line of JSON for each on standard output.
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/screen/serializer.hpp"
#include "daemon/screen/terminal.hpp"
#include "tests/oracle/base64.hpp"
#include "tests/oracle/state_json.hpp"

namespace ptyd::screen {
namespace {

class Replies final : public TerminalListener {
 public:
  void on_query(Query /*query*/, std::string_view reply, std::uint64_t /*offset*/) override { text += reply; }
  std::string text;
};

struct Subject {
  Replies replies;
  std::unique_ptr<Terminal> terminal;
};

class Dump {
 public:
  // Throws std::runtime_error, which becomes an answer.
  std::string answer(const std::string& line);

 private:
  Terminal& terminal(const std::string& id) { return *subject(id).terminal; }
  Subject& subject(const std::string& id);
  std::string start(const std::string& id, std::istream& words);
  std::string snapshot(const std::string& id, std::istream& words);

  std::map<std::string, Subject> subjects_;
};

Subject& Dump::subject(const std::string& id) {
  const auto found = subjects_.find(id);
  if (found == subjects_.end()) throw std::runtime_error("there is no terminal " + id);
  return found->second;
}

std::string Dump::start(const std::string& id, std::istream& words) {
  TerminalOptions options;
  words >> options.columns >> options.rows >> options.scrollback.lines;
  auto& subject = subjects_[id];
  subject.terminal = std::make_unique<Terminal>(options, &subject.replies);
  return "{}";
}

std::string Dump::snapshot(const std::string& id, std::istream& words) {
  SnapshotOptions options;
  std::string profile;
  words >> profile >> options.scrollback_rows >> options.rows >> options.columns;
  options.profile = profile == "person" ? SnapshotProfile::person : SnapshotProfile::fresh;
  return "{\"data\":\"" + oracle::to_base64(serialize(terminal(id), options)) + "\"}";
}

std::string Dump::answer(const std::string& line) {
  std::istringstream words(line);
  std::string name;
  std::string id;
  words >> name >> id;
  if (name == "new") return start(id, words);
  if (name == "state") return state_json(terminal(id));
  if (name == "snapshot") return snapshot(id, words);
  if (name == "replies") return "{\"data\":\"" + oracle::to_base64(std::exchange(subject(id).replies.text, {})) + "\"}";
  if (name == "feed") {
    std::string data;
    words >> data;
    terminal(id).feed(oracle::from_base64(data));
  } else if (name == "resize") {
    int columns = 0;
    int rows = 0;
    words >> columns >> rows;
    terminal(id).resize(rows, columns);
  } else if (name == "close") {
    subjects_.erase(id);
  } else {
    throw std::runtime_error("there is no command " + name);
  }
  return "{}";
}

}  // namespace
}  // namespace ptyd::screen

int main() {
  std::ios::sync_with_stdio(false);
  ptyd::screen::Dump dump;
  std::string line;
  while (std::getline(std::cin, line)) {
    try {
      std::cout << dump.answer(line) << std::endl;
    } catch (const std::exception& error) {
      std::cout << R"({"error":")" << error.what() << "\"}" << std::endl;
    }
  }
  return EXIT_SUCCESS;
}
