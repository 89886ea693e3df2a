// Which instruction sets this processor has, and the best of them.
#include "kernels.h"
#include "target_region.h"

#if U8T_ARM64 && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace u8t {
namespace {

bool processor_has(Target target) {
  switch (target) {
    case Target::kScalar:
      return true;
#if U8T_X86_64
    case Target::kSse4:
      return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("popcnt");
    case Target::kAvx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul");
    case Target::kAvx512:
#if defined(U8T_EMULATE_AVX512)
      return true;
#endif
      return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi") &&
             __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("vpclmulqdq");
#elif U8T_ARM64 && defined(__linux__)
    case Target::kNeon:
      return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
#elif U8T_ARM64
    case Target::kNeon:
      return true;  // every 64-bit ARM of the other systems has NEON and CRC32
#endif
    default:
      return false;
  }
}

}  // namespace

const Kernels* kernels_for(Target target) {
  if (!processor_has(target)) return nullptr;
  switch (target) {
    case Target::kScalar:
      return kScalarKernels;
    case Target::kSse4:
      return kSse4Kernels;
    case Target::kAvx2:
      return kAvx2Kernels;
    case Target::kAvx512:
      return kAvx512Kernels;
    case Target::kNeon:
      return kNeonKernels;
  }
  return nullptr;
}

Target best_target() {
  for (size_t i = kTargetCount; i-- > 0;) {
    if (kernels_for(static_cast<Target>(i)) != nullptr) return static_cast<Target>(i);
  }
  return Target::kScalar;
}

}  // namespace u8t
