// Starts a program that outlives us. Private to this folder.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "common/error.hpp"
#include "common/unique_handle.hpp"
#include "daemon/host/wire.hpp"

namespace ptyd {

// The end of a pipe from which a started program's answer comes.
class ProcessAnswer {
 public:
  virtual ~ProcessAnswer() = default;
  // `size` bytes, or fewer when the program closed its end before. Errors: the system's; cancelled after give_up().
  virtual boost::asio::awaitable<Result<std::string>> read(std::size_t size) = 0;
  virtual void give_up() noexcept = 0;
};

// Starts `program` (without arguments but its name, with our environment) in a session of its own, as nobody's
// child: standard descriptors on the null device, `spec` at 3, the answer's pipe at 4, `record` at 5 (unless it is
// empty), nothing else. When exec fails, the errno comes as a host::SpawnResult of step none.
Result<std::shared_ptr<ProcessAnswer>> start_process(boost::asio::any_io_executor executor, const std::string& program,
                                                     const UniqueHandle& spec, const UniqueHandle& record);

// A descriptor of ours and the number it is to have in the new program: above 2, at most kHighestPlace.
struct PlacedHandle {
  const UniqueHandle* handle;
  int place;
};
inline constexpr int kHighestPlace = host::kCheckpointFd;

// The same with these descriptors; the answer's pipe is at 4. Errors: unimplemented on Windows.
Result<std::shared_ptr<ProcessAnswer>> start_process_with(boost::asio::any_io_executor executor,
                                                          const std::string& program,
                                                          const std::vector<PlacedHandle>& handles);

}  // namespace ptyd
