/** Parts of the reference of an image, for those who do not give the whole. */
export interface ImageParts {
  /**
   * Repository of the image.
   * @deprecated use `image`
   */
  baseImage?: string;
  /**
   * Tag of the image.
   * @deprecated use `image`
   */
  tag?: string;
  /**
   * Digest of the image; it wins over the tag.
   * @deprecated use `image`
   */
  sha?: string;
}
