// The AVX-512 target: the shared kernels over its vocabulary.
#include "../target_region.h"
#include "target_includes.h"

namespace u8t {
#if U8T_X86_64

TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,vpclmulqdq,pclmul,avx2,bmi,bmi2,lzcnt,popcnt")
namespace avx512 {
#include "../simd/avx512.h"
#include "../kernels/block.inl.h"
#include "../kernels/utf8_vbmi.inl.h"
#include "../kernels/validate.inl.h"
#include "../kernels/census.inl.h"
#include "../kernels/frame.inl.h"
#include "../kernels/crc32_clmul.inl.h"
#include "../kernels/crc32_vclmul.inl.h"
constexpr Kernels kKernels{valid_prefix, frame_blocks, census_blocks, crc32_vclmul};
}  // namespace avx512
TARGET_END

const Kernels* const kAvx512Kernels = &avx512::kKernels;
#else
const Kernels* const kAvx512Kernels = nullptr;
#endif
}  // namespace u8t
