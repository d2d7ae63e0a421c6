//! Vectors and affine transforms, as far as models need them. No drawing here.

/// A point or direction: x, y, z.
pub type Vec3 = [f32; 3];

pub fn add(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

pub fn sub(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub fn scale(a: Vec3, factor: f32) -> Vec3 {
    [a[0] * factor, a[1] * factor, a[2] * factor]
}

pub fn dot(a: Vec3, b: Vec3) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub fn cross(a: Vec3, b: Vec3) -> Vec3 {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

pub fn length(a: Vec3) -> f32 {
    dot(a, a).sqrt()
}

/// The direction of `a`, or `fallback` where it has none (zero, infinite, not a number).
pub fn direction_or(a: Vec3, fallback: Vec3) -> Vec3 {
    let size = length(a);
    if size.is_finite() && size > 1e-20 {
        scale(a, 1.0 / size)
    } else {
        fallback
    }
}

pub fn mix(a: Vec3, b: Vec3, part: f32) -> Vec3 {
    add(scale(a, 1.0 - part), scale(b, part))
}

pub fn is_finite(a: Vec3) -> bool {
    a.iter().all(|value| value.is_finite())
}

/// An affine transform: three columns that turn and stretch, and one that moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    /// Where the x, y and z axes go.
    pub axes: [Vec3; 3],
    /// Where the origin goes.
    pub origin: Vec3,
}

impl Affine {
    pub const IDENTITY: Self = Self {
        axes: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        origin: [0.0; 3],
    };

    /// From sixteen numbers, column by column (glTF's order); the bottom row is taken as 0, 0, 0, 1.
    pub fn from_columns(m: &[f32; 16]) -> Self {
        Self {
            axes: [[m[0], m[1], m[2]], [m[4], m[5], m[6]], [m[8], m[9], m[10]]],
            origin: [m[12], m[13], m[14]],
        }
    }

    /// From sixteen numbers, row by row (COLLADA's order).
    pub fn from_rows(m: &[f32; 16]) -> Self {
        Self {
            axes: [[m[0], m[4], m[8]], [m[1], m[5], m[9]], [m[2], m[6], m[10]]],
            origin: [m[3], m[7], m[11]],
        }
    }

    /// Stretch, then turn (quaternion x, y, z, w), then move.
    pub fn from_parts(translation: Vec3, rotation: [f32; 4], stretch: Vec3) -> Self {
        let size = rotation.iter().map(|v| v * v).sum::<f32>().sqrt();
        let [x, y, z, w] = if size.is_finite() && size > 1e-12 {
            rotation.map(|v| v / size)
        } else {
            [0.0, 0.0, 0.0, 1.0]
        };
        let right = [
            1.0 - 2.0 * (y * y + z * z),
            2.0 * (x * y + z * w),
            2.0 * (x * z - y * w),
        ];
        let up = [
            2.0 * (x * y - z * w),
            1.0 - 2.0 * (x * x + z * z),
            2.0 * (y * z + x * w),
        ];
        let front = [
            2.0 * (x * z + y * w),
            2.0 * (y * z - x * w),
            1.0 - 2.0 * (x * x + y * y),
        ];
        Self {
            axes: [
                scale(right, stretch[0]),
                scale(up, stretch[1]),
                scale(front, stretch[2]),
            ],
            origin: translation,
        }
    }

    /// A turn about `axis` by `angle` radians.
    pub fn turn(axis: Vec3, angle: f32) -> Self {
        let axis = direction_or(axis, [0.0, 1.0, 0.0]);
        let (sin, cos) = (angle * 0.5).sin_cos();
        Self::from_parts(
            [0.0; 3],
            [axis[0] * sin, axis[1] * sin, axis[2] * sin, cos],
            [1.0; 3],
        )
    }

    pub fn vector(&self, v: Vec3) -> Vec3 {
        add(
            add(scale(self.axes[0], v[0]), scale(self.axes[1], v[1])),
            scale(self.axes[2], v[2]),
        )
    }

    pub fn point(&self, p: Vec3) -> Vec3 {
        add(self.vector(p), self.origin)
    }

    /// First `inner`, then `self`.
    pub fn after(&self, inner: &Self) -> Self {
        Self {
            axes: inner.axes.map(|axis| self.vector(axis)),
            origin: self.point(inner.origin),
        }
    }

    /// Below zero where the transform mirrors, which turns front faces into back faces.
    pub fn determinant(&self) -> f32 {
        dot(self.axes[0], cross(self.axes[1], self.axes[2]))
    }

    /// Takes surface normals: the cofactor matrix, which also works where an axis is squashed to nothing
    /// and there is no inverse. The result keeps pointing outwards under a mirror.
    pub fn normals(&self) -> Self {
        let [a, b, c] = self.axes;
        let sign = if self.determinant() < 0.0 { -1.0 } else { 1.0 };
        Self {
            axes: [
                scale(cross(b, c), sign),
                scale(cross(c, a), sign),
                scale(cross(a, b), sign),
            ],
            origin: [0.0; 3],
        }
    }

    pub fn is_finite(&self) -> bool {
        self.axes.iter().all(|axis| is_finite(*axis)) && is_finite(self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(a: Vec3, b: Vec3) -> bool {
        length(sub(a, b)) < 1e-3 * (1.0 + length(a))
    }

    fn vector() -> impl Strategy<Value = Vec3> {
        prop::array::uniform3(-10.0f32..10.0)
    }

    proptest! {
        #[test]
        fn composition_is_application_in_turn(
            p in vector(), t in vector(), s in vector(), axis in vector(), angle in -6.0f32..6.0,
        ) {
            let a = Affine::from_parts(t, [0.0, 0.0, 0.0, 1.0], s);
            let b = Affine::turn(axis, angle);
            prop_assert!(near(a.after(&b).point(p), a.point(b.point(p))));
        }

        #[test]
        fn normals_stay_at_right_angles_to_their_surface(
            u in vector(), v in vector(), s in prop::array::uniform3(0.2f32..4.0), angle in -6.0f32..6.0,
        ) {
            let normal = cross(u, v);
            prop_assume!(length(normal) > 0.1);
            let m = Affine::turn([1.0, 2.0, 3.0], angle).after(&Affine::from_parts([0.0; 3], [0.0, 0.0, 0.0, 1.0], s));
            let turned = direction_or(m.normals().vector(normal), [0.0; 3]);
            let along = direction_or(m.vector(u), [0.0; 3]);
            prop_assert!(dot(turned, along).abs() < 1e-2);
            prop_assert!(dot(turned, m.vector(normal)) > 0.0);
        }
    }

    #[test]
    fn a_quarter_turn_about_y_takes_z_to_x() {
        let turn = Affine::turn([0.0, 1.0, 0.0], std::f32::consts::FRAC_PI_2);
        assert!(near(turn.point([0.0, 0.0, 1.0]), [1.0, 0.0, 0.0]));
    }
}
