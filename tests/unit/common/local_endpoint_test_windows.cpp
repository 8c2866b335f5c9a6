#include "common/local_endpoint.hpp"

#include <gtest/gtest.h>
#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

#include <array>
#include <vector>

#include "common/pipe_windows.hpp"
#include "common/token_windows.hpp"
#include "common/wide_string.hpp"
#include "tests/support/wine.hpp"
#include "tests/unit/common/pipe_pair.hpp"

namespace ptyd {
namespace {

// One overlapped transfer, to its end: `call` is ReadFile() or WriteFile().
template <class Call>
DWORD transfer(const UniqueHandle& pipe, Call call) {
  OVERLAPPED operation{};
  const auto event = own_handle(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
  operation.hEvent = handle_of(event);
  DWORD size = 0;
  if (call(handle_of(pipe), &operation) == 0 && ::GetLastError() != ERROR_IO_PENDING) return 0;
  return ::GetOverlappedResult(handle_of(pipe), &operation, &size, TRUE) != 0 ? size : 0;
}

DWORD send_text(const UniqueHandle& pipe, std::string_view text) {
  return transfer(pipe, [text](HANDLE handle, OVERLAPPED* operation) {
    return ::WriteFile(handle, text.data(), static_cast<DWORD>(text.size()), nullptr, operation);
  });
}

std::string receive_text(const UniqueHandle& pipe) {
  std::array<char, 64> bytes{};
  const DWORD size = transfer(pipe, [&bytes](HANDLE handle, OVERLAPPED* operation) {
    return ::ReadFile(handle, bytes.data(), static_cast<DWORD>(bytes.size()), nullptr, operation);
  });
  return {bytes.data(), size};
}

std::wstring descriptor_of(const UniqueHandle& object) {
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  constexpr SECURITY_INFORMATION kParts = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
  if (::GetSecurityInfo(handle_of(object), SE_KERNEL_OBJECT, kParts, nullptr, nullptr, nullptr, nullptr, &descriptor) !=
      ERROR_SUCCESS)
    return {};
  wchar_t* text = nullptr;
  ::ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1, kParts, &text, nullptr);
  const std::wstring result = text != nullptr ? text : L"";
  ::LocalFree(text);
  ::LocalFree(descriptor);
  return result;
}

TEST(LocalEndpoint, ConnectsBothEndsOfOneUser) {
  const std::string name = unused_pipe_name();
  const auto server = listen_local(name);
  ASSERT_TRUE(server) << server.error().message;
  const auto client = connect_local(name);
  ASSERT_TRUE(client) << client.error().message;
  ASSERT_TRUE(accept_client(*server));
  ASSERT_EQ(send_text(*client, "hi"), 2u);
  EXPECT_EQ(receive_text(*server), "hi");
  ASSERT_EQ(send_text(*server, "back"), 4u);
  EXPECT_EQ(receive_text(*client), "back");
  for (const auto& end : {handle_of(*server), handle_of(*client)}) {
    DWORD flags = 0;
    ASSERT_NE(::GetHandleInformation(end, &flags), 0);
    EXPECT_EQ(flags & HANDLE_FLAG_INHERIT, 0u);
  }
}

TEST(LocalEndpoint, TakesAClientForEachInstance) {
  const std::string name = unused_pipe_name();
  std::vector<UniqueHandle> instances;
  for (int i = 0; i < 8; ++i) {
    auto instance = make_pipe_instance(name, i == 0);
    ASSERT_TRUE(instance) << instance.error().message;
    instances.push_back(std::move(*instance));
  }
  std::vector<UniqueHandle> clients;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    auto client = connect_local(name);
    ASSERT_TRUE(client) << client.error().message;
    clients.push_back(std::move(*client));
  }
  const auto one_more = connect_local(name);
  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().code, errc::unavailable);
  EXPECT_FALSE(one_more.error().hint.empty());
}

TEST(LocalEndpoint, IsForOurUserAlone) {
  const auto server = listen_local(unused_pipe_name());
  ASSERT_TRUE(server);
  const std::wstring user = to_wide(own_facts().user).value();
  EXPECT_EQ(descriptor_of(*server), L"O:" + user + L"D:P(D;;FA;;;NU)(A;;FA;;;" + user + L")");
}

// Wine lets any number of pipes be the first.
bool first_instance_is_enforced() {
  const auto wide = to_wide(unused_pipe_name()).value();
  const auto make = [&wide] {
    return own_handle(::CreateNamedPipeW(wide.c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                         PIPE_TYPE_BYTE, PIPE_UNLIMITED_INSTANCES, 0, 0, 0, nullptr));
  };
  const auto one = make();
  const auto two = make();
  return one && !two;
}

TEST(LocalEndpoint, LeavesAListenerAlone) {
  PTYD_SKIP_WHERE_WINE_LACKS(first_instance_is_enforced(), "FILE_FLAG_FIRST_PIPE_INSTANCE");
  const std::string name = unused_pipe_name();
  const auto first = listen_local(name);
  ASSERT_TRUE(first);
  const auto second = listen_local(name);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, errc::already_exists);
  EXPECT_TRUE(connect_local(name));
}

TEST(LocalEndpoint, IsGoneWithItsListener) {
  const std::string name = unused_pipe_name();
  { ASSERT_TRUE(listen_local(name)); }
  const auto client = connect_local(name);
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, errc::not_found);
  EXPECT_EQ(client.error().subject, name);
  EXPECT_TRUE(listen_local(name));
}

TEST(LocalEndpoint, TakesTheLongestName) {
  std::string name = unused_pipe_name();
  name += std::string(256 - name.size(), 'n');
  const auto listener = listen_local(name);
  ASSERT_TRUE(listener) << listener.error().message;
  EXPECT_TRUE(connect_local(name));
}

TEST(LocalEndpoint, RefusesWhatIsNoNameOfAPipe) {
  std::string too_long = unused_pipe_name();
  too_long += std::string(257 - too_long.size(), 'n');
  for (const std::string& name : {std::string(), std::string(R"(\\.\pipe\)"), std::string(R"(\\.\pipe\a\b)"),
                                  std::string(R"(\\server\pipe\a)"), std::string(R"(C:\pipe)"), std::string("name"),
                                  std::string("\\\\.\\pipe\\a\0b", 12), std::string("\\\\.\\pipe\\\xFF"), too_long}) {
    for (const auto& tried : {listen_local(name), connect_local(name)}) {
      ASSERT_FALSE(tried) << name;
      EXPECT_EQ(tried.error().code, errc::invalid_argument) << tried.error().message;
    }
  }
}

}  // namespace
}  // namespace ptyd
