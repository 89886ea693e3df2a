// The NEON target: the shared kernels over its vocabulary.
#include "../target_region.h"
#include "target_includes.h"

namespace u8t {
#if U8T_ARM64

TARGET_BEGIN("+crc")
namespace neon {
#include "../simd/neon.h"
#include "../kernels/block.inl.h"
#include "../kernels/utf8.inl.h"
#include "../kernels/validate.inl.h"
#include "../kernels/census.inl.h"
#include "../kernels/frame.inl.h"
#include "../kernels/to_utf8.inl.h"
#include "../kernels/from_utf8.inl.h"
#include "../kernels/crc32_arm.inl.h"
constexpr Kernels kKernels{valid_prefix, ascii_prefix, frame_blocks, census_blocks, crc32_arm,
                           utf16_to_utf8, latin1_to_utf8, find_zero, utf8_length_of_utf16, utf8_length_of_latin1,
                           utf8_to_utf16, utf8_to_latin1, count_text, count_starts};
}  // namespace neon
TARGET_END

const Kernels* const kNeonKernels = &neon::kKernels;
#else
const Kernels* const kNeonKernels = nullptr;
#endif
}  // namespace u8t
