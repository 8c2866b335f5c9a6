#include "common/service_process_windows.hpp"

#include <windows.h>

#include <wbemidl.h>

#include <array>
#include <cstdio>

namespace ptyd {

namespace {

template <class Interface>
class Com {
 public:
  Com() = default;
  Com(const Com&) = delete;
  Com& operator=(const Com&) = delete;
  ~Com() {
    if (pointer_ != nullptr) pointer_->Release();
  }
  Interface* operator->() const noexcept { return pointer_; }
  Interface* get() const noexcept { return pointer_; }
  Interface** out() noexcept { return &pointer_; }

 private:
  Interface* pointer_ = nullptr;
};

class Text {
 public:
  explicit Text(const std::wstring& text) : text_(::SysAllocStringLen(text.data(), static_cast<UINT>(text.size()))) {}
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  ~Text() { ::SysFreeString(text_); }
  BSTR get() const noexcept { return text_; }

 private:
  BSTR text_;
};

class Value {
 public:
  Value() { ::VariantInit(&value_); }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  ~Value() { ::VariantClear(&value_); }
  VARIANT* get() noexcept { return &value_; }

 private:
  VARIANT value_;
};

// For the calling thread, while it lives.
class ComLibrary {
 public:
  ComLibrary() : entered_(SUCCEEDED(::CoInitializeEx(nullptr, COINIT_MULTITHREADED))) {}
  ComLibrary(const ComLibrary&) = delete;
  ComLibrary& operator=(const ComLibrary&) = delete;
  ~ComLibrary() {
    if (entered_) ::CoUninitialize();
  }

 private:
  bool entered_;
};

Error failed(const char* step, HRESULT result) {
  std::array<char, 16> number{};
  std::snprintf(number.data(), number.size(), "0x%08lx", static_cast<unsigned long>(result));
  return Error{errc::unavailable,
               std::string("Windows' management service could not ") + step + " (" + number.data() + ")"};
}

HRESULT put(IWbemClassObject* object, const wchar_t* name, const std::wstring& text) {
  Value value;
  value.get()->vt = VT_BSTR;
  value.get()->bstrVal = ::SysAllocStringLen(text.data(), static_cast<UINT>(text.size()));
  return object->Put(name, 0, value.get(), 0);
}

HRESULT put_number(IWbemClassObject* object, const wchar_t* name, LONG number) {
  Value value;
  value.get()->vt = VT_I4;
  value.get()->lVal = number;
  return object->Put(name, 0, value.get(), 0);
}

HRESULT put_texts(IWbemClassObject* object, const wchar_t* name, const std::vector<std::wstring>& texts) {
  SAFEARRAY* const array = ::SafeArrayCreateVector(VT_BSTR, 0, static_cast<ULONG>(texts.size()));
  if (array == nullptr) return E_OUTOFMEMORY;
  Value value;
  value.get()->vt = VT_ARRAY | VT_BSTR;
  value.get()->parray = array;
  for (LONG i = 0; i < static_cast<LONG>(texts.size()); ++i)
    ::SafeArrayPutElement(array, &i, Text(texts[static_cast<std::size_t>(i)]).get());
  return object->Put(name, 0, value.get(), 0);
}

// How the process is made: without a window, in a process group of its own. Wine's service does not know of this.
HRESULT put_startup(IWbemServices* service, IWbemClassObject* arguments, const ServiceStart& start) {
  Com<IWbemClassObject> kind;
  Com<IWbemClassObject> startup;
  HRESULT result = service->GetObject(Text(L"Win32_ProcessStartup").get(), 0, nullptr, kind.out(), nullptr);
  if (SUCCEEDED(result)) result = kind->SpawnInstance(0, startup.out());
  constexpr LONG kFlags = DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT;
  if (SUCCEEDED(result)) result = put_number(startup.get(), L"CreateFlags", kFlags);
  if (SUCCEEDED(result)) result = put_number(startup.get(), L"ShowWindow", SW_HIDE);
  if (SUCCEEDED(result) && !start.environment.empty())
    result = put_texts(startup.get(), L"EnvironmentVariables", start.environment);
  if (FAILED(result)) return result;
  Value value;
  value.get()->vt = VT_UNKNOWN;
  value.get()->punkVal = startup.get();
  value.get()->punkVal->AddRef();
  return arguments->Put(L"ProcessStartupInformation", 0, value.get(), 0);
}

Result<std::uint32_t> number_of_process(IWbemClassObject* answer) {
  Value said;
  Value number;
  if (const HRESULT result = answer->Get(L"ReturnValue", 0, said.get(), nullptr, nullptr); FAILED(result))
    return failed("say what it did", result);
  if (said.get()->lVal != 0) return failed("start the program", said.get()->lVal);
  const HRESULT result = answer->Get(L"ProcessId", 0, number.get(), nullptr, nullptr);
  if (FAILED(result) || number.get()->lVal == 0) return failed("name the process", result);
  return static_cast<std::uint32_t>(number.get()->lVal);
}

Result<std::uint32_t> create(IWbemServices* service, const ServiceStart& start) {
  const Text kind(L"Win32_Process");
  Com<IWbemClassObject> process;
  Com<IWbemClassObject> method;
  Com<IWbemClassObject> arguments;
  Com<IWbemClassObject> answer;
  HRESULT result = service->GetObject(kind.get(), 0, nullptr, process.out(), nullptr);
  if (SUCCEEDED(result)) result = process->GetMethod(L"Create", 0, method.out(), nullptr);
  if (SUCCEEDED(result)) result = method->SpawnInstance(0, arguments.out());
  if (SUCCEEDED(result)) result = put(arguments.get(), L"CommandLine", start.command_line);
  if (SUCCEEDED(result)) result = put(arguments.get(), L"CurrentDirectory", start.folder);
  if (FAILED(result)) return failed("be asked for a process", result);
  static_cast<void>(put_startup(service, arguments.get(), start));
  result = service->ExecMethod(kind.get(), Text(L"Create").get(), 0, nullptr, arguments.get(), answer.out(), nullptr);
  if (FAILED(result) || answer.get() == nullptr) return failed("start a process", result);
  return number_of_process(answer.get());
}

}  // namespace

// Source: "Win32_Process Create", "Setting the Security Levels on a WMI Connection".
Result<std::uint32_t> start_by_service(const ServiceStart& start) {
  const ComLibrary library;
  Com<IWbemLocator> locator;
  Com<IWbemServices> service;
  HRESULT result = ::CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                                      reinterpret_cast<void**>(locator.out()));
  if (FAILED(result)) return failed("be found", result);
  result = locator->ConnectServer(Text(L"ROOT\\CIMV2").get(), nullptr, nullptr, nullptr, WBEM_FLAG_CONNECT_USE_MAX_WAIT,
                                  nullptr, nullptr, service.out());
  if (SUCCEEDED(result))
    result = ::CoSetProxyBlanket(service.get(), RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, nullptr, RPC_C_AUTHN_LEVEL_CALL,
                                 RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE);
  if (FAILED(result)) return failed("be reached", result);
  return create(service.get(), start);
}

}  // namespace ptyd
