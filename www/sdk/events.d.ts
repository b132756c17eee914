/** The vocabulary: GA4's names, extended. Made from the engine's table, as the JSON Schema and the page of events are. */

/** Passed through as it is; text has at most 4096 bytes. */
export type Scalar = string | number | boolean | null | undefined
/** In the event's currency, as a number or as decimal text, zero or more: `29.9` or `'29.90'`. */
export type Money = number | string

/** Fields of your own beside the known ones; names have at most 40 characters. */
export interface CustomFields {
  [field: string]: Scalar | Item[]
}

export interface CommonFields extends CustomFields {
  /** ISO 4217, as in `EUR`; needed beside any money. */
  currency?: string
  /** What it is about in money: price by quantity of the items, less discounts, without tax and delivery. */
  value?: Money
  coupon?: string
  items?: Item[]
}

export interface ItemFields {
  item_brand?: string
  item_category?: string
  item_category2?: string
  item_category3?: string
  item_category4?: string
  item_category5?: string
  item_variant?: string
  sku?: string | number
  /** Of one piece. */
  price?: Money
  /** Of one piece, before any discount. */
  list_price?: Money
  /** Whole pieces, one or more. */
  quantity?: number | string
  /** Of one piece, already taken off its price. */
  discount?: Money
  coupon?: string
  /** Place in the list, from 0. */
  index?: number | string
  item_list_id?: string
  item_list_name?: string
  promotion_id?: string
  promotion_name?: string
  creative_name?: string
  creative_slot?: string
  /** A Google Place ID. */
  location_id?: string
  affiliation?: string
  inventory_status?: string
  url?: string
  image_url?: string
  [field: string]: Scalar
}

/** One article; it has an id, a name or both. */
export type Item =
  | (ItemFields & { item_id: string | number; item_name?: string })
  | (ItemFields & { item_id?: string | number; item_name: string })

/** Each event with the fields it needs; `items` has 1 to 200 where it is needed. */
export interface EventMap {
  /** A page came on screen. */
  page_view: CommonFields
  /** Something was clicked. */
  click: CommonFields & { tag?: string; id?: string; role?: string; name?: string; type?: string; href?: string; text?: string; click_x?: number; click_y?: number }
  /** A link to another site was clicked. */
  outbound_click: CommonFields & { link_url?: string; link_domain?: string; link_id?: string; link_classes?: string; outbound?: boolean }
  /** A link to a file was clicked. */
  file_download: CommonFields & { file_name?: string; file_extension?: string; link_url?: string; link_domain?: string; link_id?: string; link_classes?: string; outbound?: boolean }
  /** The same place was clicked again and again. */
  rage_click: CommonFields & { tag?: string; id?: string; role?: string; name?: string; type?: string; href?: string }
  /** A click had no effect. */
  dead_click: CommonFields & { tag?: string; id?: string; role?: string; name?: string; type?: string; href?: string }
  /** So much of the page was seen. */
  scroll: CommonFields & { percent_scrolled?: number }
  /** So long the page was looked at. */
  engagement: CommonFields & { engagement_time_msec?: number; percent_scrolled?: number; root_percent_scrolled?: number }
  /** The shop was searched. */
  search: CommonFields & { search_term: string }
  /** A form was begun. */
  form_start: CommonFields & { form_id?: string; form_name?: string; form_destination?: string }
  /** A form was sent. */
  form_submit: CommonFields & { form_id?: string; form_name?: string; form_destination?: string; last_field?: string; fields_touched?: number; field_times?: string; form_time_msec?: number; form_errors?: number; last_error_field?: string }
  /** A form was begun and left. */
  form_abandon: CommonFields & { form_id?: string; form_name?: string; form_destination?: string; last_field?: string; fields_touched?: number; field_times?: string; form_time_msec?: number; form_errors?: number; last_error_field?: string }
  /** A measure of the page's speed: LCP, INP, CLS, FCP or TTFB. */
  web_vital: CommonFields & { metric_name?: string; metric_value?: number; metric_delta?: number; metric_rating?: string; metric_id?: string; navigation_type?: string }
  /** A script failed. */
  error: CommonFields & { error_type?: string; error_message?: string; error_source?: string; error_kind?: string; error_id?: string }
  /** What kind of browser it is, once a session. */
  device: CommonFields & { viewport?: string; language?: string; time_zone?: string; connection?: string; browser?: string; platform?: string; form_factor?: string; robot?: string }
  /** A list of articles was shown. */
  view_item_list: CommonFields & { items: Item[]; item_list_id?: string; item_list_name?: string }
  /** An article of a list was chosen. */
  select_item: CommonFields & { items: Item[]; item_list_id?: string; item_list_name?: string }
  /** An article was shown. */
  view_item: CommonFields & { items: Item[] }
  /** The cart was shown. */
  view_cart: CommonFields & { cart_id?: string; cart_count?: number; cart_total?: number }
  /** So many pieces were put into the cart. */
  add_to_cart: CommonFields & { items: Item[]; cart_id?: string; cart_count?: number; cart_total?: number }
  /** So many pieces were taken out of the cart. */
  remove_from_cart: CommonFields & { items: Item[]; cart_id?: string; cart_count?: number; cart_total?: number }
  /** Lines of the cart have other quantities or prices: the items are as they are now. */
  update_cart: CommonFields & { items: Item[]; cart_id?: string; cart_count?: number; cart_total?: number }
  /** The cart was emptied; the items are what was in it. */
  clear_cart: CommonFields & { cart_id?: string; cart_count?: number; cart_total?: number }
  /** An article was noted for later. */
  add_to_wishlist: CommonFields & { items: Item[] }
  /** An article is no longer noted for later. */
  remove_from_wishlist: CommonFields & { items: Item[] }
  /** A promotion was shown. */
  view_promotion: CommonFields & { promotion_id?: string; promotion_name?: string; creative_name?: string; creative_slot?: string }
  /** A promotion was clicked. */
  select_promotion: CommonFields & { promotion_id?: string; promotion_name?: string; creative_name?: string; creative_slot?: string }
  /** A coupon was accepted. */
  apply_coupon: CommonFields & { coupon: string; discount?: Money; cart_id?: string; cart_count?: number; cart_total?: number }
  /** A coupon was taken back. */
  remove_coupon: CommonFields & { coupon: string; cart_id?: string; cart_count?: number; cart_total?: number }
  /** A coupon was refused. */
  deny_coupon: CommonFields & { coupon: string; reason?: string }
  /** The checkout began. */
  begin_checkout: CommonFields & { items: Item[]; cart_id?: string }
  /** A step of the checkout was shown. */
  checkout_step: CommonFields & { checkout_step?: number; step_name?: string; shipping_tier?: string; payment_type?: string; account_type?: string; marketing_opt_in?: boolean }
  /** The delivery was chosen. */
  add_shipping_info: CommonFields & { shipping_tier?: string }
  /** The payment was chosen. */
  add_payment_info: CommonFields & { payment_type?: string }
  /** An order was made. */
  purchase: CommonFields & { transaction_id: string | number; currency: string; value: Money; items: Item[]; tax?: Money; shipping?: Money; discount?: Money; subtotal?: Money; total?: Money; total_quantity?: string | number; affiliation?: string; shipping_tier?: string; payment_type?: string; credit_order?: boolean; customer_type?: string; order_created_at?: string | number; checkout_id?: string | number; cart_id?: string }
  /** An order failed. */
  purchase_error: CommonFields & { transaction_id?: string | number; error_code?: string; error_description?: string; error_type?: string }
  /** An order was refunded: the whole, or with `items` and `value` a part of it. */
  refund: CommonFields & { transaction_id: string | number; refund_reason?: string; tax?: Money; shipping?: Money; affiliation?: string }
  /** A cart with something in it was left. */
  cart_abandoned: CommonFields & { items: Item[]; cart_id?: string; cart_count?: number; cart_total?: number; cart_age?: number; last_step?: string }
  /** A cart that was left was taken up again. */
  cart_restored: CommonFields & { items: Item[]; cart_id?: string; cart_count?: number; cart_total?: number; cart_age?: number; last_step?: string }
  /** A customer logged in. */
  login: CommonFields & { method?: string }
  /** A customer signed up. */
  sign_up: CommonFields & { method?: string }
  /** A form for interested people was sent. */
  generate_lead: CommonFields
  /** Something was shared. */
  share: CommonFields & { method?: string; content_type?: string }
}
