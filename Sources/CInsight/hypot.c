/* glibc 2.35 gave hypot a new symbol version. A library that names it does not load on older systems, which
 * most clusters run. Scripts/build-library directs the calls of Swift's standard library here, to the
 * versions that every glibc has. */
#include <stdlib.h>

#if defined(__linux__) && defined(__x86_64__) && defined(__GLIBC__)

__asm__(".symver insight_old_hypot, hypot@GLIBC_2.2.5");
__asm__(".symver insight_old_hypotf, hypotf@GLIBC_2.2.5");
double insight_old_hypot(double x, double y);
float insight_old_hypotf(float x, float y);

double __wrap_hypot(double x, double y) { return insight_old_hypot(x, y); }
float __wrap_hypotf(float x, float y) { return insight_old_hypotf(x, y); }

#endif
