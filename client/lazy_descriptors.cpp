// Before main(), libprotobuf notes down the descriptors of every message, which takes three times as long as all else
// that a short command does. They are noted again when one is used first, so in a static ptyctl the linker puts these
// functions in place of that; see cmake/StaticClient.cmake, which makes sure that JSON can be read all the same.
extern "C" {
void __wrap__ZN6google8protobuf8internal20AddDescriptorsRunnerC1EPKNS1_15DescriptorTableE(void*, const void*) {}
void __wrap__ZN6google8protobuf8internal20AddDescriptorsRunnerC2EPKNS1_15DescriptorTableE(void*, const void*) {}
}
