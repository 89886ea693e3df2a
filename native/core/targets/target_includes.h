// All headers that a target's region uses: they must stand in front of it (see target_region.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../crc32.h"
#include "../kernels.h"
#include "../shuffles.h"
#include "../target_region.h"
#include "../utf8.h"

#if defined(U8T_EMULATE_AVX512)
#include "emulated_avx512.h"
#elif U8T_X86_64
#include <immintrin.h>
#elif U8T_ARM64
#include <arm_acle.h>
#include <arm_neon.h>
#endif
